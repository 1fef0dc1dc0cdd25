/**
 * The frame of an archive: all of its bytes but the bodies of its blobs, in their order: headers, links, what oc-mirror
 * packs for itself, padding, the end. Blobs are covered by their own names, so the frame's hash and the blobs' cover
 * every byte, each hashed once; and from frame and blobs the same archive can be made again (rebuild.ts).
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fillFileAtomically } from '../../system/atomic-file';
import type { Range } from '../hashing/hash-pool';
import type { ArchiveIndex } from '../index';
import { writeFully } from '../positional-io';
import { rangePieces } from '../range-pieces';

/** Where the frame lies: what no blob covers. In ascending order. */
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

export interface WrittenFrame {
  /** Of the frame itself, 64 hexadecimal digits. */
  readonly frameSha256: string;
  /** Of the file, compressed. */
  readonly bytes: number;
}

// Measured with 60,000 links and 20,000 headers of blobs, 78 MB: 3.8 MB at this level, 3.4 MB at level 6, and about half
// a second of a processor at either.
const level = 1;

/**
 * Keeps an archive's frame in a file of its own, gzip-compressed: written aside, fsynced, renamed.
 *
 * @throws SEQ0304 when the archive became shorter since it was indexed
 */
export function writeFrame(
  index: Pick<ArchiveIndex, 'path' | 'name' | 'blobs' | 'bytes'>,
  to: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<WrittenFrame> {
  return fillFileAtomically(to, async (file) => {
    const hash = createHash('sha256');
    let bytes = 0;
    await pipeline(
      hashed(rangePieces(index, frameRangesOf(index), { signal }), hash),
      createGzip({ level }),
      async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) {
          await writeFully(file, piece, bytes);
          bytes += piece.length;
        }
      },
    );
    return { frameSha256: hash.digest('hex'), bytes };
  });
}

async function* hashed(pieces: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}
