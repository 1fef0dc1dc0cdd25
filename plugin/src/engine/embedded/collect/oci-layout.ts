/**
 * An image in a folder on disk (OCI image layout 1.0): `index.json`, which names one image or one index, and its blobs
 * by digest. Everything that is read is checked against its digest, wherever the folder came from.
 */
import { join } from 'node:path';
import type { MadeBlob } from '../../../archive/blob-source';
import { bytesAtHand, provenPieces } from '../../../archive/blob-source';
import type { Digest } from '../../../oci/digest';
import { hexOf } from '../../../oci/digest';
import type { Descriptor, Manifest } from '../../../oci/manifest';
import { manifestByteLimit, parseManifest } from '../../../oci/manifest';
import { streamRegular } from '../../../system/regular-file';
import { readNamedBytes } from '../../../system/text-file';
import { imageTooComplex, layoutUnusable } from '../errors';
import type { ManifestNode } from '../manifest-tree';
import type { PublishedImage } from './original-image';

const deepest = 4;
const mostManifests = 1000;

/** The image that a catalog is read from. @throws SEQ0434 for a folder that is not a layout of one image */
export async function openLayout(path: string): Promise<PublishedImage & { readonly root: Manifest }> {
  const index = parseManifest(await readNamedBytes(join(path, 'index.json'), { limit: manifestByteLimit }), undefined);
  const [only, ...others] = index.kind === 'index' ? index.manifests : [];
  if (only === undefined || others.length > 0)
    throw layoutUnusable({
      path,
      why: `index.json names ${others.length + (only ? 1 : 0)} images; oc-mirror needs exactly one`,
    });
  const blobPath = (digest: Digest): string => join(path, 'blobs', 'sha256', hexOf(digest));
  const manifest = async (digest: Digest): Promise<Manifest> => {
    const found = parseManifest(await readNamedBytes(blobPath(digest), { limit: manifestByteLimit }), undefined);
    if (found.digest === digest) return found;
    throw layoutUnusable({ path, why: `The blob ${digest} does not match its digest` });
  };
  const blob = ({ digest, bytes }: Pick<Descriptor, 'digest' | 'bytes'>): AsyncIterable<Buffer> =>
    provenPieces(streamRegular(blobPath(digest)), { digest, bytes });
  return { image: `oci://${path}`, root: await manifest(only.digest), manifest, blob };
}

/** The whole image, as content to be carried. */
export async function treeInLayout(
  root: Manifest,
  { image, manifest, blob }: PublishedImage,
): Promise<{ readonly root: ManifestNode; readonly content: ReadonlyMap<Digest, MadeBlob> }> {
  const content = new Map<Digest, MadeBlob>();
  let count = 0;
  const nodeOf = async (found: Manifest, depth: number): Promise<ManifestNode> => {
    count += 1;
    if (depth > deepest || count > mostManifests)
      throw imageTooComplex({
        image,
        why: `it has more than ${mostManifests} manifests, or too deeply nested indexes`,
      });
    const { mediaType, digest, bytes } = found;
    content.set(digest, bytesAtHand(found.content));
    if (found.kind === 'image') {
      const parts = [found.config, ...found.layers];
      for (const part of parts) content.set(part.digest, { bytes: part.bytes, pieces: () => blob(part) });
      return { mediaType, digest, bytes, parts, children: [] };
    }
    const children: ManifestNode[] = [];
    for (const child of found.manifests) children.push(await nodeOf(await manifest(child.digest), depth + 1));
    return { mediaType, digest, bytes, parts: [], children };
  };
  return { root: await nodeOf(root, 0), content };
}
