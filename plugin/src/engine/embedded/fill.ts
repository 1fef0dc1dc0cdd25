/** Brings one blob to its place in an archive: out of the stage, out of an earlier layout, or from its registry. */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { LaidOutEntry } from '../../archive/layout';
import type { OpenVolume } from '../../archive/write';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { RegistryClient } from '../../registry/client';
import { impossible, isSeqmirrorError } from '../../system/errors';
import type { Progress } from '../../system/progress';
import { createBlobWriter } from './blob-writer';
import type { Checkpoints } from './checkpoint';
import { foreignLayerMissing, partMissing } from './errors';
import type { ManifestStore } from './manifest-store';
import type { PreviousBlobs } from './previous-blobs';
import { readPreviousBlob } from './previous-blobs';
import type { ResolvedBlob } from './resolve';

/** Where blobs come from, and who is told of them. */
export interface Filling {
  readonly blobs: ReadonlyMap<Digest, ResolvedBlob>;
  readonly store: ManifestStore;
  readonly client: RegistryClient;
  readonly previous: PreviousBlobs;
  /** Bytes that an earlier run had of a blob. */
  readonly partial: ReadonlyMap<Digest, number>;
  readonly checkpoints: Checkpoints;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const readBytes = 1024 * 1024;

/** @throws SEQ0411, SEQ0412 for an image that lacks a part, SEQ05xx for what its registry refuses */
export async function fill(entry: LaidOutEntry, volume: OpenVolume, filling: Filling): Promise<void> {
  const { digest, bytes } = entry;
  const blob = filling.blobs.get(digest);
  if (blob === undefined) throw impossible(`${digest} is laid out and not resolved`);
  const old = filling.previous.get(digest);
  if (blob.kind === 'manifest') {
    const manifest = await filling.store.read(digest);
    if (manifest === undefined) throw impossible(`the manifest ${digest} left the stage`);
    await volume.writeBlob(digest, 0, [manifest.content]);
    filling.progress.advance(bytes);
  } else if (old === undefined || !(await take(readPreviousBlob(old), entry, volume, filling))) {
    await download(entry, blob, volume, filling);
  }
  filling.checkpoints.finished(digest);
}

/** Copies a blob of an earlier layout. False if it isn't what it should be. */
async function take(
  pieces: AsyncIterable<Buffer>,
  { digest, bytes }: LaidOutEntry,
  volume: OpenVolume,
  filling: Filling,
): Promise<boolean> {
  const hash = createHash('sha256');
  let at = 0;
  for await (const piece of pieces) {
    filling.signal.throwIfAborted();
    hash.update(piece);
    await volume.writeBlob(digest, at, [piece]);
    at += piece.length;
  }
  const sound = at === bytes && digestFromHex(hash.digest('hex')) === digest;
  if (sound) filling.progress.advance(bytes);
  return sound;
}

async function download(entry: LaidOutEntry, blob: ResolvedBlob, volume: OpenVolume, filling: Filling): Promise<void> {
  const { digest, bytes } = entry;
  const { client, signal, progress, checkpoints } = filling;
  const resume = await prefixOf(entry, volume, filling);
  progress.advance(resume?.bytes ?? 0);
  try {
    await write(client.blob(blob.from, { digest, bytes }, { signal, resume }), resume?.bytes ?? 0);
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    if (error.code === 'SEQ0507') throw (blob.foreign ? foreignLayerMissing : partMissing)({ ...blob, cause: error });
    if (error.code !== 'SEQ0508' || resume === undefined) throw error;
    // What an earlier run left may be what is wrong. Once more, from the start.
    await write(client.blob(blob.from, { digest, bytes }, { signal }), 0);
  }

  async function write(pieces: AsyncIterable<Buffer>, from: number): Promise<void> {
    const writer = createBlobWriter({
      volume,
      digest,
      from,
      onWritten: (written, inPlace) => {
        progress.advance(written);
        checkpoints.wrote(digest, inPlace);
      },
    });
    for await (const piece of pieces) await writer.write(piece);
    await writer.end();
  }
}

/** What an earlier run left of a blob, hashed so that the download can go on behind it. */
async function prefixOf(
  { digest }: LaidOutEntry,
  volume: OpenVolume,
  { partial, signal }: Filling,
): Promise<{ bytes: number; hash: Hash } | undefined> {
  const bytes = partial.get(digest) ?? 0;
  if (bytes === 0) return undefined;
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(readBytes);
  for (let at = 0; at < bytes;) {
    signal.throwIfAborted();
    const read = await volume.readBlob(digest, at, piece.subarray(0, Math.min(piece.length, bytes - at)));
    if (read === 0) return undefined;
    hash.update(piece.subarray(0, read));
    at += read;
  }
  return { bytes, hash };
}
