/** Reads one archive from end to end, once, and hashes it as a whole and blob by blob. */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Digest } from '../registry/digest';
import { digestFromHex } from '../registry/digest';
import { archiveBroken } from './errors';
import { startFileHash } from './file-hash';
import type { ArchiveIndex, BlobPlace } from './index';

export interface HashedArchive {
  readonly sha256: Digest;
  /** Blobs whose bytes are not what their name says, with what they are. */
  readonly damaged: readonly { readonly digest: Digest; readonly place: BlobPlace; readonly actual: Digest }[];
}

interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read in addition to those told before. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

const slotBytes = 1024 * 1024;
const slotCount = 4;

/** @throws SEQ0304 when the file became shorter since it was indexed */
export async function hashArchive(index: ArchiveIndex, { signal, progress }: HashOptions = {}): Promise<HashedArchive> {
  const blobs = blobHashes(index.blobs);
  const memory = Array.from({ length: slotCount }, () => new SharedArrayBuffer(slotBytes));
  const slots = memory.map((slot) => ({ bytes: Buffer.from(slot), free: Promise.resolve() }));
  const file = await open(index.path, 'r');
  const fileHash = startFileHash(memory);
  try {
    for (let offset = 0, turn = 0; offset < index.bytes; turn = (turn + 1) % slotCount) {
      signal?.throwIfAborted();
      const slot = slots[turn] as (typeof slots)[number];
      await slot.free;
      const { bytesRead } = await file.read(slot.bytes, 0, Math.min(slotBytes, index.bytes - offset), offset);
      if (bytesRead === 0)
        throw archiveBroken({ archive: index.name, offset, why: 'the file became shorter while it was read' });
      slot.free = fileHash.update(turn, bytesRead);
      // Looked at when its turn comes; until then a failure must not count as unhandled.
      slot.free.catch(() => undefined);
      blobs.update(slot.bytes.subarray(0, bytesRead), offset);
      offset += bytesRead;
      progress?.(bytesRead);
    }
    await Promise.all(slots.map(({ free }) => free));
    return { sha256: await fileHash.digest(), damaged: blobs.end() };
  } finally {
    await fileHash.close();
    await file.close();
  }
}

/** Hashes blobs out of consecutive pieces of the file that they lie in. */
function blobHashes(blobs: ReadonlyMap<Digest, BlobPlace>): {
  update: (piece: Buffer, offset: number) => void;
  end: () => HashedArchive['damaged'];
} {
  const pending = [...blobs]
    .map(([digest, place]) => ({ digest, place }))
    .sort((a, b) => a.place.offset - b.place.offset);
  const damaged: { digest: Digest; place: BlobPlace; actual: Digest }[] = [];
  let next = 0;
  let hash: Hash | undefined;
  const finish = (): void => {
    const { digest, place } = pending[next++] as (typeof pending)[number];
    const actual = digestFromHex((hash ?? createHash('sha256')).digest('hex'));
    if (actual !== digest) damaged.push({ digest, place, actual });
    hash = undefined;
  };
  return {
    update: (piece, offset) => {
      for (let blob = pending[next]; blob !== undefined; blob = pending[next]) {
        const end = blob.place.offset + blob.place.bytes;
        const from = Math.max(blob.place.offset - offset, 0);
        const to = Math.min(end - offset, piece.length);
        if (from < to) (hash ??= createHash('sha256')).update(piece.subarray(from, to));
        if (end > offset + piece.length) return;
        finish();
      }
    },
    end: () => {
      while (next < pending.length) finish();
      return damaged;
    },
  };
}
