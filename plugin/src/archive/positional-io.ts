import type { FileHandle } from 'node:fs/promises';
import { createFile } from '../system/atomic-file';
import { inPrivateFolder } from '../system/path-below';

/** Writes all of a buffer at an offset of a file; the system may write it in pieces. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const result = await file.write(bytes, written, bytes.length - written, offset + written);
    written += result.bytesWritten;
  }
}

/** Writes pieces one after the other at an offset of a file, without joining them in memory. */
export async function writeAllFully(file: FileHandle, pieces: readonly Uint8Array[], offset: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces, offset);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (bytesWritten < bytes) await writeFully(file, Buffer.concat(pieces).subarray(bytesWritten), offset + bytesWritten);
}

/** Consecutive pieces of a file, and where the first begins, in bytes from the file's start. */
export interface PlacedPieces {
  readonly offset: number;
  readonly pieces: AsyncIterable<Buffer>;
}

/**
 * Writes a file from pieces that have their places. It is safely on disk when this returns.
 *
 * @param written is called with the bytes of each piece
 */
export async function writePlaces(
  to: string,
  places: Iterable<PlacedPieces>,
  written: (bytes: number) => void,
): Promise<void> {
  const file = await createFile(inPrivateFolder(to));
  try {
    for (const { offset, pieces } of places) {
      let at = offset;
      for await (const piece of pieces) {
        await writeFully(file, piece, at);
        at += piece.length;
        written(piece.length);
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Fills a buffer from an offset of a file. Returns how many bytes it read: fewer than asked only at the file's end. */
export async function readFully(file: FileHandle, into: Uint8Array, offset: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
