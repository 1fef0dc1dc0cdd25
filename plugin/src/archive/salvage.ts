/**
 * Finds blobs in archives that are cut, damaged or half-written. Nothing that is found is trusted: the caller hashes
 * each blob. So a damaged header costs its own blob, but not those behind it.
 */
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../oci/digest';
import { isSeqmirrorError } from '../system/errors';
import { openRegular } from '../system/regular-file';
import type { BlobPlace } from './archive-index';
import { parseEntryName } from './names';
import { readFully } from './positional-io';
import { tarEntries } from './tar-entries';
import { paddedBytes } from './tar-header';
import { blockBytes, decodeHeader } from './ustar-header';

const scanBytes = 1024 * 1024;
// USTAR, "magic": every header of oc-mirror and seqmirror has it.
const magic = { offset: 257, text: 'ustar' } as const;

/**
 * The places of blobs in a file, according to headers. Behind damage it looks for the next header block by block, which
 * reads the file; in whole archives it reads only the headers.
 *
 * @returns nothing for a file that is missing or cannot be read
 */
export async function salvageBlobs(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Map<Digest, BlobPlace>> {
  const blobs = new Map<Digest, BlobPlace>();
  let file: FileHandle | undefined;
  try {
    file = await openRegular(path);
    const { size } = await file.stat();
    await walk(file, size, { blobs, signal });
  } catch (error) {
    if (signal?.aborted === true) throw error;
  } finally {
    await file?.close();
  }
  return blobs;
}

async function walk(
  file: FileHandle,
  fileBytes: number,
  { blobs, signal }: { blobs: Map<Digest, BlobPlace>; signal: AbortSignal | undefined },
): Promise<void> {
  let end = 0;
  try {
    for await (const entry of tarEntries(file, { archive: '', fileBytes, signal })) {
      const parsed = entry.name === undefined ? undefined : parseEntryName(entry.name);
      if (parsed?.kind === 'blob') blobs.set(parsed.digest, { offset: entry.offset, bytes: entry.bytes });
      end = entry.offset + paddedBytes(entry.bytes);
    }
    return;
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
  }
  await scan(file, fileBytes, { from: end, blobs, signal });
}

async function scan(
  file: FileHandle,
  fileBytes: number,
  { from, blobs, signal }: { from: number; blobs: Map<Digest, BlobPlace>; signal: AbortSignal | undefined },
): Promise<void> {
  const piece = Buffer.allocUnsafe(scanBytes);
  for (let at = from; at + blockBytes <= fileBytes;) {
    signal?.throwIfAborted();
    const read = await readFully(file, piece, at);
    let next = at + Math.max(blockBytes, read - (read % blockBytes));
    for (let offset = 0; offset + blockBytes <= read; offset += blockBytes) {
      if (piece.toString('latin1', offset + magic.offset, offset + magic.offset + magic.text.length) !== magic.text)
        continue;
      const header = decodeHeader(piece.subarray(offset, offset + blockBytes));
      if (typeof header === 'string' || header.type !== '0' || header.name === undefined) continue;
      const parsed = parseEntryName(header.name);
      const place = { offset: at + offset + blockBytes, bytes: header.bytes };
      if (parsed.kind !== 'blob' || place.offset + place.bytes > fileBytes) continue;
      if (!blobs.has(parsed.digest)) blobs.set(parsed.digest, place);
      const behind = place.offset + paddedBytes(place.bytes);
      if (behind - at <= read) offset = behind - at - blockBytes;
      else {
        next = behind;
        break;
      }
    }
    at = next;
  }
}
