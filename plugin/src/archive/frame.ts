/**
 * The frame of an archive: all of its bytes but the bodies of its blobs, in their order: headers, links, what oc-mirror
 * packs for itself, padding, the end. Blobs are covered by their own names, so the frame's hash and the blobs' cover
 * every byte, each hashed once; and from frame and blobs the same archive can be made again (rebuild.ts).
 */
import type { ArchiveIndex } from './index';
import type { Range } from './hash-pool';

/** Where the frame lies: what no blob covers. In ascending order. */
export function frameRangesOf({ blobs, bytes }: Pick<ArchiveIndex, 'blobs' | 'bytes'>): Range[] {
  const ranges: Range[] = [];
  let end = 0;
  for (const { offset, bytes: blobBytes } of blobsInOrder(blobs)) {
    if (offset > end) ranges.push({ offset: end, bytes: offset - end });
    end = offset + blobBytes;
  }
  if (bytes > end) ranges.push({ offset: end, bytes: bytes - end });
  return ranges;
}

function blobsInOrder(blobs: ArchiveIndex['blobs']): Range[] {
  return [...blobs.values()].sort((a, b) => a.offset - b.offset);
}
