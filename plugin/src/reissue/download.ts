/**
 * Blobs from source registries, kept by digest in the reissue's stage, so that the run after a stop fetches none twice:
 *
 *     blobs/<hex>         whole, its digest seen while it arrived
 *     blobs/<hex>.part    what has arrived of it
 */
import { join } from 'node:path';
import { readFully, writeAllFully } from '../archive/positional-io';
import { hexOf } from '../oci/digest';
import type { RegistryClient } from '../registry/client';
import type { BlobDownload, BlobTarget } from '../registry/download-blob';
import { downloadBlob } from '../registry/download-blob';
import { writeFileAtomically, openToChange } from '../system/atomic-file';
import { makeFolder, move } from '../system/change-folder';
import type { ErrorCode } from '../system/error-codes';
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import type { Progress } from '../system/progress';
import type { BlobDownloads } from './secure-blobs';

// Errors that another try, with other credentials or on another day, does not change.
const finalCodes: readonly ErrorCode[] = ['SEQ0506', 'SEQ0507', 'SEQ0508', 'SEQ0510'];
// If every blob asked again, an unreachable host would be waited for a thousand times.
const codesOfHost: readonly ErrorCode[] = ['SEQ0503', 'SEQ0504', 'SEQ0509', 'SEQ0515'];

export async function openDownloads({
  folder,
  client,
  progress,
  signal,
}: {
  folder: string;
  client: RegistryClient;
  progress: Progress;
  signal: AbortSignal;
}): Promise<BlobDownloads> {
  await makeFolder(inPrivateFolder(folder));
  const outOfReach = new Map<string, SeqmirrorError>();
  return {
    fetch: async ({ digest, bytes, from, isManifest }) => {
      const known = outOfReach.get(from.host);
      if (known !== undefined) return { why: known.what, maybeLater: true };
      const path = join(folder, hexOf(digest));
      try {
        const reference = { host: from.host, repository: from.repository };
        if (isManifest) {
          const { content } = await client.manifest({ ...reference, digest }, { signal });
          await writeFileAtomically(inPrivateFolder(path), content);
          progress.advance(bytes);
        } else {
          const part = `${path}.part`;
          await intoPart(part, { client, from: reference, digest, bytes, onInPlace: progress.advance, signal });
          await move(inPrivateFolder(part), inPrivateFolder(path));
        }
        return { path, offset: 0, bytes };
      } catch (error) {
        signal.throwIfAborted();
        if (!isSeqmirrorError(error)) throw error;
        if (codesOfHost.includes(error.code)) outOfReach.set(from.host, error);
        return { why: error.what, maybeLater: !finalCodes.includes(error.code) };
      }
    },
  };
}

/** Continues after what an earlier run left in the part. */
async function intoPart(part: string, download: Omit<BlobDownload, 'inPlace'>): Promise<void> {
  const file = await openToChange(inPrivateFolder(part));
  try {
    const { size: inPlace } = await file.stat();
    const target: BlobTarget = {
      write: (position, pieces) => writeAllFully(file, pieces, position),
      read: (position, into) => readFully(file, into, position),
    };
    await downloadBlob(target, { ...download, inPlace });
    await file.truncate(download.bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
