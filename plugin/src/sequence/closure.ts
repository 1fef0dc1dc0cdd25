import type { BlobRecord, BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { appendTo } from '../system/append-to';
import { sumOfBytes } from '../system/byte-size';

/** All blobs reachable from a sequence's images, as far as their records are known. */
export interface Closure {
  readonly blobs: ReadonlyMap<Digest, BlobRecord>;
  /** Blobs without a record. If this is empty, the images are complete. */
  readonly missing: readonly MissingBlob[];
}

export interface MissingBlob {
  readonly digest: Digest;
  /** The manifest or index that names it first; `undefined` for an image's own root. */
  readonly referencedBy: Digest | undefined;
}

/**
 * Follows the refs of manifests and indexes from the root digests of images (signatures among them). Each blob is
 * visited once, without recursion: time and memory grow with the closure, whatever the records refer to.
 */
export function closureOf(roots: Iterable<Digest>, blobs: BlobSet): Closure {
  const found = new Map<Digest, BlobRecord>();
  const missing = new Map<Digest, MissingBlob>();
  const open: MissingBlob[] = [...roots].map((digest) => ({ digest, referencedBy: undefined }));
  for (const { digest, referencedBy } of open) {
    if (found.has(digest) || missing.has(digest)) continue;
    const blob = blobs.get(digest);
    if (blob === undefined) {
      missing.set(digest, { digest, referencedBy });
      continue;
    }
    found.set(digest, blob);
    for (const child of blob.refs ?? []) open.push({ digest: child, referencedBy: digest });
  }
  return { blobs: found, missing: [...missing.values()] };
}

/** The blobs that the images of each repository need, as far as their records are known. */
export function blobsByRepository(
  images: readonly Pick<MirroredImage, 'repository' | 'digest'>[],
  blobs: BlobSet,
): Map<string, BlobSet> {
  const roots = new Map<string, Digest[]>();
  for (const { repository, digest } of images) appendTo(roots, repository, digest);
  return new Map([...roots].map(([repository, digests]) => [repository, closureOf(digests, blobs).blobs]));
}

/** Records by digest. If there are two for one digest, the first is kept, since a digest has only one content. */
export function blobSetOf(...records: readonly Iterable<BlobRecord>[]): Map<Digest, BlobRecord> {
  const blobs = new Map<Digest, BlobRecord>();
  for (const some of records) for (const blob of some) if (!blobs.has(blob.digest)) blobs.set(blob.digest, blob);
  return blobs;
}

export function bytesOf(blobs: BlobSet): number {
  return sumOfBytes(blobs.values());
}
