/** The bodies of entries that are neither blob nor link: what oc-mirror packs for itself. */
import { open } from 'node:fs/promises';
import { archiveBroken } from './errors';
import type { ArchiveIndex, BlobPlace } from './index';
import { readFully } from './positional-io';

const pieceBytes = 256 * 1024;

/**
 * Hands out a body in pieces, each a buffer of its own.
 *
 * @throws SEQ0304 when the file became shorter since it was indexed
 */
export async function* entryPieces(
  { path, name }: Pick<ArchiveIndex, 'path' | 'name'>,
  { offset, bytes }: BlobPlace,
  { signal }: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    for (let at = 0; at < bytes;) {
      signal?.throwIfAborted();
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at));
      const read = await readFully(file, piece, offset + at);
      if (read < piece.length)
        throw archiveBroken({ archive: name, offset: offset + at + read, why: 'the file became shorter' });
      yield piece;
      at += read;
    }
  } finally {
    await file.close();
  }
}

/** A whole body; `undefined` when it has more bytes than `limit`, which bounds the memory. */
export async function readEntry(
  index: Pick<ArchiveIndex, 'path' | 'name'>,
  place: BlobPlace,
  { limit, signal }: { limit: number; signal?: AbortSignal | undefined },
): Promise<Buffer | undefined> {
  if (place.bytes > limit) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of entryPieces(index, place, { signal })) pieces.push(piece);
  return Buffer.concat(pieces);
}
