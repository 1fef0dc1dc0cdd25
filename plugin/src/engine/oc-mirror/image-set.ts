/**
 * Which images the archives must hold, with their root digests: those that a dry run lists, with the digests that the
 * tags in the cache had when the archives were made, and the catalogs that oc-mirror rebuilt, which it does not list
 * (reference oc-mirror-v2, 0b.9: the closure of exactly these is what a tar holds).
 */
import { z } from 'zod';
import type { MirroredCatalog } from '../../catalog/mirrored-catalog';
import { signaturesAmong, signaturesOf } from '../../oci/attached-images';
import type { Digest } from '../../oci/digest';
import { isDigest } from '../../oci/digest';
import type { MirroredImage, TagDigests } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';
import { valueOfJson } from '../../system/json-text';
import { openRegular } from '../../system/regular-file';
import { blobPath } from './cache';
import type { ListedImage } from './mapping';

export interface ResolvedImages {
  readonly images: readonly MirroredImage[];
  /** Listed, but not in the cache. */
  readonly missing: readonly ListedImage[];
}

/** Gives each listed image the digest that it has in the cache. */
export function resolveListed(listed: readonly ListedImage[], tags: TagDigests): ResolvedImages {
  const images: MirroredImage[] = [];
  const missing: ListedImage[] = [];
  for (const { kind, source, repository, tag } of listed) {
    const digest = tags.get(`${repository}:${tag}`);
    if (digest === undefined) missing.push({ kind, source, repository, tag });
    else images.push({ kind, source, digest, repository, tag });
  }
  return { images, missing };
}

/** The rebuilt catalogs, as images under the tag that disk-to-mirror uses for them. */
export function rebuiltCatalogs(catalogs: readonly MirroredCatalog[]): MirroredImage[] {
  return catalogs.flatMap(({ entry, repository, rebuilt }) =>
    rebuilt === undefined
      ? []
      : [
          {
            kind: 'operator' as const,
            source: withoutTransport(entry.catalog),
            digest: rebuilt.digest,
            repository,
            tag: rebuilt.tag,
          },
        ],
  );
}

/** Signatures that lie in the cache beside the images. */
export async function attachedSignatures(
  images: readonly MirroredImage[],
  { tags, cacheFolder }: { tags: TagDigests; cacheFolder: string },
): Promise<MirroredImage[]> {
  const signatures = signaturesAmong(tags);
  const children = new Map<Digest, readonly Digest[]>();
  for (const { repository, digest } of images) {
    if (signatures.has(repository)) children.set(digest, await childrenOf(digest, cacheFolder));
  }
  return signaturesOf(images, { signatures, childrenOf: (digest) => children.get(digest) ?? [] });
}

const Index = z.object({ manifests: z.array(z.object({ digest: z.string() })).max(1000) });
const largestManifestBytes = 4 * 1024 * 1024;

/** Digests of an index's manifests; empty for anything else. */
async function childrenOf(digest: Digest, cacheFolder: string): Promise<Digest[]> {
  const file = await openRegular(blobPath(cacheFolder, digest));
  try {
    const { size } = await file.stat();
    if (size > largestManifestBytes) return [];
    const parsed = Index.safeParse(valueOfJson(await file.readFile('utf8'), ['annotations']));
    return parsed.success ? parsed.data.manifests.map((child) => child.digest).filter(isDigest) : [];
  } catch {
    return [];
  } finally {
    await file.close();
  }
}
