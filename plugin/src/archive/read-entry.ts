/** Places in a file, read in pieces or whole. */
import { basename } from 'node:path';
import { openIndexed } from './open-indexed';
import type { BlobPlace } from './archive-index';
import { archiveBroken } from './errors';
import { readFully } from './positional-io';

const pieceBytes = 256 * 1024;

/**
 * Reads a place of a file in pieces, each a buffer of its own. The caller verifies them.
 *
 * @throws SEQ0304 when the file became shorter since that place was found
 */
export async function* entryPieces(
  { path }: { readonly path: string },
  { offset, bytes }: BlobPlace,
  { signal }: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const file = await openIndexed(path);
  try {
    for (let at = 0; at < bytes;) {
      signal?.throwIfAborted();
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at));
      const read = await readFully(file, piece, offset + at);
      if (read < piece.length)
        throw archiveBroken({
          archive: basename(path),
          offset: offset + at + read,
          why: 'the file became shorter while seqmirror read it',
        });
      yield piece;
      at += read;
    }
  } finally {
    await file.close();
  }
}

/** The bytes of a place at once; `undefined` if there are more than `limit`, which bounds the memory. */
export async function readEntry(
  file: { readonly path: string },
  place: BlobPlace,
  { limit, signal }: { limit: number; signal?: AbortSignal | undefined },
): Promise<Buffer | undefined> {
  if (place.bytes > limit) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of entryPieces(file, place, { signal })) pieces.push(piece);
  return Buffer.concat(pieces);
}
