import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from '../../archive/archive-index';
import type { StoredBlob } from '../../archive/blob-source';
import type { Digest } from '../../oci/digest';
import { isSeqmirrorError } from '../../system/errors';
import { readJournal } from './journal';

/** Finds blobs in the archives of an earlier plan that need not be fetched again. Unreadable ones are fetched. */
export async function findPreviousBlobs(folder: string, signal: AbortSignal): Promise<Map<Digest, StoredBlob>> {
  const blobs = new Map<Digest, StoredBlob>();
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
