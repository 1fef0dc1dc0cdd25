/**
 * Which images the archives have to hold, root digest for each: what a dry run lists, with the digests that the tags in
 * the cache had when the archives were made, and the catalogs that oc-mirror rebuilt, which it lists nowhere
 * (reference oc-mirror-v2, 0b.9: the closure of exactly these is what a tar holds).
 */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { MirroredCatalog } from '../../catalog/mirrored-catalog';
import type { Digest } from '../../oci/digest';
import { digestFromHex, isDigest } from '../../oci/digest';
import type { MirroredImage, TagDigests } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';
import { blobPath } from './cache';
import type { ListedImage } from './mapping';

export interface ResolvedImages {
  readonly images: readonly MirroredImage[];
  /** Listed, and not in the cache. */
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

/** The rebuilt catalogs, as images under the tag that disk-to-mirror takes them from. */
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

/**
 * Signatures that lie in the cache beside the images, under the tags that cosign gives them: of a root, or of a manifest
 * in an index (releases and operators are signed one architecture at a time).
 */
export async function attachedSignatures(
  images: readonly MirroredImage[],
  { tags, cacheFolder }: { tags: TagDigests; cacheFolder: string },
): Promise<MirroredImage[]> {
  const signatures = signatureTags(tags);
  if (signatures.size === 0) return [];
  const attached = new Map<string, MirroredImage>();
  for (const image of images) {
    const signedHere = signatures.get(image.repository);
    if (signedHere === undefined) continue;
    for (const signed of [image.digest, ...(await childrenOf(image.digest, cacheFolder))]) {
      const signature = signedHere.get(signed);
      if (signature === undefined) continue;
      const place = `${image.repository}:${signature.tag}`;
      const source = `${image.source.replace(/(@|:[^/:]*$).*$/, '')}:${signature.tag}`;
      attached.set(place, { ...image, ...signature, source, attachedTo: signed });
    }
  }
  return [...attached.values()];
}

function signatureTags(tags: TagDigests): Map<string, Map<Digest, { tag: string; digest: Digest }>> {
  const found = new Map<string, Map<Digest, { tag: string; digest: Digest }>>();
  for (const [place, digest] of tags) {
    const match = /^(.+):(sha256-([0-9a-f]{64})\.sig)$/.exec(place);
    if (match === null) continue;
    const [, repository, tag, hex] = match as unknown as [string, string, string, string];
    const here = found.get(repository) ?? new Map();
    found.set(repository, here.set(digestFromHex(hex), { tag, digest }));
  }
  return found;
}

const Index = z.object({ manifests: z.array(z.object({ digest: z.string() })).max(1000) });
const largestManifestBytes = 4 * 1024 * 1024;

/** Digests of an index's manifests; none of what isn't an index. */
async function childrenOf(digest: Digest, cacheFolder: string): Promise<Digest[]> {
  const file = await open(blobPath(cacheFolder, digest));
  try {
    const { size } = await file.stat();
    if (size > largestManifestBytes) return [];
    const parsed = Index.safeParse(JSON.parse(await file.readFile('utf8')));
    return parsed.success ? parsed.data.manifests.map((child) => child.digest).filter(isDigest) : [];
  } catch {
    return [];
  } finally {
    await file.close();
  }
}
