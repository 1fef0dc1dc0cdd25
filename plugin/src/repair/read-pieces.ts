import { open } from 'node:fs/promises';
import { readFully } from '../archive/positional-io';
import { impossible } from '../system/errors';
import type { BlobFile } from './secure-blobs';

const pieceBytes = 1024 * 1024;

/** Hands out bytes of a file in pieces, each a buffer of its own. Whoever takes them verifies what becomes of them. */
export async function* readPieces(
  { path, offset, bytes }: BlobFile,
  { signal }: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    for (let at = 0; at < bytes;) {
      signal?.throwIfAborted();
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at));
      const read = await readFully(file, piece, offset + at);
      if (read < piece.length) throw impossible(`${path} became shorter while it was read`);
      yield piece;
      at += read;
    }
  } finally {
    await file.close();
  }
}
