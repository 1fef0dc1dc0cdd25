/**
 * Bodies in pieces whose memory is reused for later pieces. If bytes are sent on at once, page faults of ever new
 * memory cost as much as hashing (measured: 2 GB sent with 4.4 s of processor time, not 5.5).
 */
import { openIndexed } from './open-indexed';
import type { ArchiveIndex, BlobPlace } from './archive-index';
import { archiveBroken } from './errors';
import type { HashedText } from './hashing/hashing';
import { readFully } from './positional-io';

// Small enough to be hashed and sent while the processor's cache still has them: pieces of 1 MiB cost a third more
// (measured).
const pieceBytes = 256 * 1024;

// One is being read, and the consumer has three.
const piecesAtOnce = 4;

interface Slot {
  readonly view: Buffer;
  /** What the hashing thread sees of it. */
  readonly shared: SharedArrayBuffer | undefined;
  hashed: Promise<void> | undefined;
}

// Memory that is shared takes longer to come back to the system.
function newSlot(bytes: number, isShared: boolean): Slot {
  if (!isShared) return { view: Buffer.allocUnsafeSlow(bytes), shared: undefined, hashed: undefined };
  const shared = new SharedArrayBuffer(bytes);
  return { view: Buffer.from(shared), shared, hashed: undefined };
}

/**
 * Returns a body while it reads on. A piece is valid until the third one behind it is asked for.
 *
 * @param options.text gets all of it, from the memory that is passed on, and is dropped if nobody reads to its end
 * @throws SEQ0304 when the file became shorter since it was indexed
 */
export async function* passingPieces(
  { path, name }: Pick<ArchiveIndex, 'path' | 'name'>,
  { offset, bytes }: BlobPlace,
  { signal, text }: { signal?: AbortSignal | undefined; text?: HashedText | undefined } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const memory: Slot[] = [];
  const file = await openIndexed(path);
  const readAt = async (at: number): Promise<Buffer> => {
    const length = Math.min(pieceBytes, bytes - at);
    const slot = (memory[Math.floor(at / pieceBytes) % piecesAtOnce] ??= newSlot(length, text !== undefined));
    await slot.hashed;
    const piece = slot.view.subarray(0, length);
    const read = await readFully(file, piece, offset + at);
    if (read === length) {
      if (slot.shared !== undefined) slot.hashed = text?.feed(slot.shared, length);
      // Whoever waits for the digest, or for the memory, learns of a failure.
      slot.hashed?.catch(() => undefined);
      return piece;
    }
    throw archiveBroken({
      archive: name,
      offset: offset + at + read,
      why: 'the file became shorter while seqmirror read it',
    });
  };
  let coming: Promise<Buffer> | undefined;
  let isRead = false;
  try {
    for (let at = 0; at < bytes;) {
      signal?.throwIfAborted();
      const piece = await (coming ?? readAt(at));
      at += piece.length;
      coming = at < bytes ? readAt(at) : undefined;
      // If nobody asks for that piece, its error is ignored.
      coming?.catch(() => undefined);
      yield piece;
    }
    isRead = true;
  } finally {
    await coming?.catch(() => undefined);
    await file.close();
    if (!isRead) text?.drop();
  }
}
