import type { ArchiveIndex } from '../archive-index';
import type { Range } from '../hashing/hashing';

/** Where the frame lies: everything that no blob covers, in ascending order. */
export function frameRangesOf({ blobs, bytes }: Pick<ArchiveIndex, 'blobs' | 'bytes'>): Range[] {
  const ranges: Range[] = [];
  let end = 0;
  for (const blob of [...blobs.values()].sort((a, b) => a.offset - b.offset)) {
    if (blob.offset > end) ranges.push({ offset: end, bytes: blob.offset - end });
    end = blob.offset + blob.bytes;
  }
  if (bytes > end) ranges.push({ offset: end, bytes: bytes - end });
  return ranges;
}
