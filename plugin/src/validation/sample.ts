/** Samples a sequence's archives: blobs chosen at random, with about as many bytes as asked for. */
import type { ArchiveIndex, BlobPlace } from '../archive/archive-index';
import { blobDamaged } from '../archive/errors';
import type { Digest } from '../oci/digest';
import { appendTo } from '../system/append-to';
import type { Finding } from '../system/errors';
import type { CheckRun } from './check-archives';

export interface SampledBlobs {
  readonly blobs: number;
  readonly bytes: number;
}

interface ChosenBlob extends BlobPlace {
  readonly digest: Digest;
}

/**
 * Hashes blobs of archives up to so many bytes in all; if none is as small, the smallest one. A blob that is larger
 * than the sample is never in it, since a blob is proven only as a whole.
 *
 * @param options.random from 0 up to 1
 */
export async function hashSample(
  indexes: readonly ArchiveIndex[],
  {
    bytes,
    folder,
    next,
    random,
    pool,
    signal,
    progress,
  }: CheckRun & { bytes: number; folder: string; next: string; random: () => number },
): Promise<SampledBlobs & { readonly findings: readonly Finding[] }> {
  const chosen = chosenBlobs(indexes, { bytes, random });
  const findings: Finding[] = [];
  let sum = 0;
  let count = 0;
  for (const { path, name } of indexes) {
    const here = (chosen.get(path) ?? []).sort((a, b) => a.offset - b.offset);
    const digests = await pool.digestsOf(path, here, { signal, progress });
    for (const [number, { digest, ...place }] of here.entries()) {
      const actual = digests[number] as Digest;
      sum += place.bytes;
      count += 1;
      if (actual !== digest)
        findings.push({ ...blobDamaged({ archive: `${name} of ${folder}`, digest, actual, ...place }), next });
    }
  }
  return { findings, blobs: count, bytes: sum };
}

/** By the path of the archive. */
function chosenBlobs(
  indexes: readonly ArchiveIndex[],
  { bytes, random }: { bytes: number; random: () => number },
): Map<string, ChosenBlob[]> {
  const drawn = indexes
    .flatMap(({ path, blobs }) => [...blobs].map(([digest, place]) => ({ path, digest, ...place, drawn: random() })))
    .filter((blob) => blob.bytes > 0)
    .sort((a, b) => a.drawn - b.drawn);
  let left = bytes;
  const chosen = drawn.filter((blob) => {
    if (blob.bytes > left) return false;
    left -= blob.bytes;
    return true;
  });
  const [smallest] = [...drawn].sort((a, b) => a.bytes - b.bytes);
  const all = chosen.length === 0 && smallest !== undefined ? [smallest] : chosen;
  const byPath = new Map<string, ChosenBlob[]>();
  for (const { path, digest, offset, bytes: length } of all) appendTo(byPath, path, { digest, offset, bytes: length });
  return byPath;
}
