import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobPlace } from '../../archive/archive-index';
import { readArchiveIndex } from '../../archive/archive-index';
import { readFully } from '../../archive/positional-io';
import type { Digest } from '../../oci/digest';
import { isSeqmirrorError } from '../../system/errors';
import { readJournal } from './journal';

/** Blobs that an earlier layout has in full, by where they lie. */
export type PreviousBlobs = ReadonlyMap<Digest, BlobPlace & { readonly path: string }>;

const pieceBytes = 1024 * 1024;

/** What can be taken from an earlier layout instead of fetching it. What can't be read is fetched. */
export async function findPreviousBlobs(folder: string, signal: AbortSignal): Promise<PreviousBlobs> {
  const blobs = new Map<Digest, BlobPlace & { path: string }>();
  const journal = await readJournal(folder);
  if (journal === undefined) return blobs;
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.partial')) continue;
    const path = join(folder, name);
    try {
      const index = await readArchiveIndex(path, { signal });
      for (const [digest, place] of index.blobs) if (journal.done.has(digest)) blobs.set(digest, { ...place, path });
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
    }
  }
  return blobs;
}

export async function* readPreviousBlob({
  path,
  offset,
  bytes,
}: BlobPlace & { path: string }): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    for (let at = 0; at < bytes; at += pieceBytes) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at));
      yield piece.subarray(0, await readFully(file, piece, offset + at));
    }
  } finally {
    await file.close();
  }
}
