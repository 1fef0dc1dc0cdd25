/**
 * Hashes a file while others fill it: read in order as far as it is filled, out of the system's page cache, and hashed
 * whole and text by text. Both hashes see the same bytes in memory: so the sum of the file is that of the texts whose
 * digests were told, whatever happens to the file meanwhile.
 */
import type { FileHandle } from 'node:fs/promises';
import { readFully } from '../positional-io';
import { startHashLanes } from './hash-lanes';
import type { Range } from './hash-pool';
import type { Piece } from './piece';
import { newPiece, pieceBytes } from './piece';

// One is read while others are hashed.
const pieces = 4;

export interface FileBeingFilled {
  readonly file: FileHandle;
  /** Its final length. */
  readonly bytes: number;
  /** The texts in it, in ascending order. */
  readonly texts: readonly Range[];
  /** Where the first byte is that may still change: nothing is read from there on. */
  filledTo(): number;
  /** Resolves when that has moved. Rejects when the file will not be filled. */
  moved(): Promise<void>;
  /** Called for each text, in order, with 64 hexadecimal digits. */
  onText(number: number, sha256: string): void;
}

export interface FileSums {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly inode: bigint;
  /** Its time of change, in nanoseconds, when all of it was filled and its last piece was not yet read. */
  readonly modified: bigint;
}

/** @throws Error when the file ends too early, or what `moved` rejects with */
export async function hashGrowingFile(filling: FileBeingFilled): Promise<FileSums> {
  const { file, bytes, texts, onText } = filling;
  const lanes = startHashLanes();
  const round: Piece[] = [];
  let failure: { error: unknown } | undefined;
  let marks: Omit<FileSums, 'sha256'> | undefined;
  let [next, ended] = [0, 0];
  try {
    for (let [at, turn] = [0, 0]; at < bytes; turn += 1) {
      const filled = filling.filledTo();
      if (filled === at) {
        await filling.moved();
        turn -= 1;
        continue;
      }
      if (filled === bytes) marks ??= await marksOf(file);
      const piece = (round[turn % pieces] ??= newPiece());
      await piece.free;
      if (failure !== undefined) throw failure.error;
      const length = Math.min(pieceBytes, filled - at);
      const read = await readFully(file, piece.view.subarray(0, length), at);
      if (read < length) throw new Error(`the file became shorter while it was filled: ${at + read} bytes`);
      const ranges: number[] = [];
      for (let text = texts[next]; text !== undefined && text.offset < at + length; text = texts[next]) {
        const end = text.offset + text.bytes;
        const isWhole = end <= at + length;
        ranges.push(Math.max(text.offset, at) - at, Math.min(end, at + length) - at, isWhole ? 1 : 0);
        if (!isWhole) break;
        next += 1;
      }
      piece.free = Promise.all([
        lanes.whole.feed(piece.memory, [0, length, 0]),
        ranges.length === 0
          ? undefined
          : lanes.blobs
              .feed(piece.memory, ranges)
              .then((digests) => digests.forEach((sha256) => onText(ended++, sha256))),
      ]).then(
        () => undefined,
        (error: unknown) => void (failure ??= { error }),
      );
      at += length;
    }
    await Promise.all(round.map(({ free }) => free));
    if (failure !== undefined) throw failure.error;
    const [sha256 = ''] = await lanes.whole.feed(new SharedArrayBuffer(0), [0, 0, 1]);
    return { sha256, ...(marks ?? (await marksOf(file))) };
  } finally {
    await lanes.close();
  }
}

async function marksOf(file: FileHandle): Promise<Omit<FileSums, 'sha256'>> {
  const { ino, mtimeNs } = await file.stat({ bigint: true });
  return { inode: ino, modified: mtimeNs };
}
