import { openIndexed } from './open-indexed';
import type { ArchiveIndex } from './archive-index';
import { archiveBroken } from './errors';
import type { Range } from './hashing/hashing';
import { readFully } from './positional-io';

const pieceBytes = 1024 * 1024;
// Gaps between ranges are read too if that costs less than another system call.
const smallGap = 16 * 1024;

/**
 * The bytes of ascending ranges of an archive, in order, in pieces. Each piece is a buffer of its own.
 *
 * @throws SEQ0304 when the file became shorter since it was indexed
 */
export async function* rangePieces(
  { path, name }: Pick<ArchiveIndex, 'path' | 'name'>,
  ranges: readonly Range[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const file = await openIndexed(path);
  let piece = Buffer.alloc(0);
  let start = 0;
  try {
    for (const [number, { offset, bytes }] of ranges.entries()) {
      for (let at = offset; at < offset + bytes;) {
        if (at < start || at >= start + piece.length) {
          signal?.throwIfAborted();
          start = at;
          piece = Buffer.allocUnsafe(lengthFrom(ranges, number, at));
          const read = await readFully(file, piece, at);
          if (read < piece.length)
            throw archiveBroken({
              archive: name,
              offset: at + read,
              why: 'the file became shorter while seqmirror read it',
            });
        }
        const end = Math.min(offset + bytes, start + piece.length);
        yield piece.subarray(at - start, end - start);
        at = end;
      }
    }
  } finally {
    await file.close();
  }
}

/** How much to read from an offset in a range: also the ranges behind it while they lie close together. */
function lengthFrom(ranges: readonly Range[], number: number, from: number): number {
  let end = endOf(ranges[number]);
  for (let next = number + 1; next < ranges.length && end - from < pieceBytes; next += 1) {
    const range = ranges[next];
    if (range === undefined || range.offset - end > smallGap) break;
    end = endOf(range);
  }
  return Math.min(pieceBytes, end - from);
}

function endOf(range: Range | undefined): number {
  return range === undefined ? 0 : range.offset + range.bytes;
}
