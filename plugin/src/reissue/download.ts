/**
 * Blobs from source registries, kept by digest in the reissue's stage, so that a run that was stopped fetches none twice:
 *
 *     blobs/<hex>         whole, its digest seen while it arrived
 *     blobs/<hex>.part    what has arrived of it
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFully, writeFully } from '../archive/positional-io';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import type { ImageReference } from '../oci/reference';
import type { RegistryClient } from '../registry/client';
import type { ErrorCode } from '../system/error-codes';
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import type { Progress } from '../system/progress';
import type { BlobFile } from './secure-blobs';

export interface BlobDownloads {
  /** Fetches a blob from a repository, or says why it isn't to be had there. */
  fetch(request: {
    readonly digest: Digest;
    readonly bytes: number;
    readonly from: ImageReference;
    readonly isManifest: boolean;
  }): Promise<BlobFile | { readonly why: string; readonly maybeLater: boolean }>;
}

// What another try, with other credentials or on another day, does not change.
const finalCodes: readonly ErrorCode[] = ['SEQ0506', 'SEQ0507', 'SEQ0508', 'SEQ0510'];
// Asked again for each blob, a host that cannot be reached would be waited for a thousand times.
const codesOfHost: readonly ErrorCode[] = ['SEQ0503', 'SEQ0504', 'SEQ0509', 'SEQ0515'];
const pieceBytes = 1024 * 1024;

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
  await mkdir(folder, { recursive: true });
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
          await keep(path, [content]);
          progress.advance(bytes);
        } else await fetchBlob(path, { client, reference, digest, bytes, progress, signal });
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

interface BlobFetch {
  readonly client: RegistryClient;
  readonly reference: ImageReference;
  readonly digest: Digest;
  readonly bytes: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function fetchBlob(path: string, fetch: BlobFetch): Promise<void> {
  const part = `${path}.part`;
  const resume = await prefixOf(part, fetch);
  fetch.progress.advance(resume?.bytes ?? 0);
  try {
    await append(part, resume, fetch);
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code !== 'SEQ0508' || resume === undefined) throw error;
    // What an earlier run left may be what is wrong. Once more, from the start.
    await append(part, undefined, fetch);
  }
  await rename(part, path);
}

async function append(
  part: string,
  resume: { bytes: number; hash: Hash } | undefined,
  { client, reference, digest, bytes, progress, signal }: BlobFetch,
): Promise<void> {
  const file = await open(part, resume === undefined ? 'w' : 'r+', 0o644);
  try {
    let at = resume?.bytes ?? 0;
    for await (const piece of client.blob(reference, { digest, bytes }, { signal, resume })) {
      await writeFully(file, piece, at);
      at += piece.length;
      progress.advance(piece.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What has arrived already, hashed so that the rest can follow. */
async function prefixOf(
  part: string,
  { bytes, signal }: BlobFetch,
): Promise<{ bytes: number; hash: Hash } | undefined> {
  const file = await open(part, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(pieceBytes);
    let at = 0;
    for (;;) {
      signal.throwIfAborted();
      const read = await readFully(file, piece, at);
      hash.update(piece.subarray(0, read));
      at += read;
      if (read < piece.length) break;
    }
    return at === 0 || at > bytes ? undefined : { bytes: at, hash };
  } finally {
    await file.close();
  }
}

async function keep(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const part = `${path}.part`;
  await rm(part, { force: true });
  const file = await open(part, 'w', 0o644);
  try {
    await writeFully(file, Buffer.concat(pieces), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}
