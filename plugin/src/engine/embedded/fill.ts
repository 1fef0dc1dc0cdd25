/** Brings one blob to its place in an archive: from memory, from earlier archives, or from its registry. */
import type { StoredBlob } from '../../archive/blob-source';
import { provenPieces } from '../../archive/blob-source';
import type { PlannedBlob } from '../../archive/plan';
import type { ReadBack } from '../../archive/read-back';
import { entryPieces } from '../../archive/read-entry';
import type { Digest } from '../../oci/digest';
import type { ImageReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import type { BlobTarget } from '../../registry/download-blob';
import { downloadBlob, downloadUnproven } from '../../registry/download-blob';
import { isSeqmirrorError } from '../../system/errors';
import type { Progress } from '../../system/progress';
import type { Checkpoints } from './checkpoint';
import { blobRefused, foreignLayerMissing, partMissing } from './errors';
import type { ResolvedBlob } from './resolve';

/** Where blobs come from, and who is called for each. */
export interface FillRun {
  readonly client: RegistryClient;
  /** Blobs that earlier archives have in full. */
  readonly previous: ReadonlyMap<Digest, StoredBlob>;
  /** How many bytes of a blob are there, from an earlier run or attempt. */
  readonly partial: Map<Digest, number>;
  /** Bytes of a blob that progress has counted. */
  readonly counted: Map<Digest, number>;
  readonly checkpoints: Checkpoints;
  readonly readBack: ReadBack;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Brings what should be the blob. Whoever reads the archive back proves it.
 *
 * @throws SEQ0411, SEQ0412 for an image that lacks a part, SEQ05xx when its registry refuses
 */
export async function fillBlob(blob: ResolvedBlob, target: BlobTarget, run: FillRun): Promise<void> {
  const { source } = blob;
  if ('pieces' in source) await copy(provenPieces(source.pieces(), blob), blob, target, run);
  else if (!(await takePrevious(blob, target, run))) await download(blob, source.repository, target, run);
}

/** Brings a blob once more, in whose place something else was found: hashed as it arrives. */
export async function fillAgain(blob: ResolvedBlob, target: BlobTarget, run: FillRun): Promise<void> {
  const { digest, source } = blob;
  if ('pieces' in source) await copy(provenPieces(source.pieces(), blob), blob, target, run);
  else {
    run.partial.delete(digest);
    await download(blob, source.repository, target, run, downloadBlob);
  }
  run.checkpoints.finished(digest);
}

async function copy(
  pieces: AsyncIterable<Buffer>,
  { digest, bytes }: PlannedBlob,
  target: BlobTarget,
  { progress, readBack, signal }: FillRun,
): Promise<void> {
  let at = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    await target.write(at, [piece]);
    at += piece.length;
  }
  // Not before: a source that fails in its middle is followed by another one.
  readBack.wrote(digest, bytes);
  progress.advance(bytes);
}

/** Copies a blob from earlier archives. `false` if they do not have it, or it cannot be read. */
async function takePrevious(blob: PlannedBlob, target: BlobTarget, run: FillRun): Promise<boolean> {
  const old = run.previous.get(blob.digest);
  // What an attempt has downloaded was hashed already, and must not be written over.
  if (old?.bytes !== blob.bytes || run.counted.has(blob.digest)) return false;
  try {
    await copy(entryPieces(old, old, { signal: run.signal }), blob, target, run);
    return true;
  } catch (error) {
    if (isSeqmirrorError(error)) return false;
    throw error;
  }
}

async function download(
  blob: ResolvedBlob,
  from: ImageReference,
  target: BlobTarget,
  { client, partial, counted, signal, progress, checkpoints, readBack }: FillRun,
  by: typeof downloadBlob = downloadUnproven,
): Promise<void> {
  const { digest, bytes } = blob;
  const onInPlace = (_: number, inPlace: number): void => {
    const before = counted.get(digest) ?? 0;
    progress.advance(Math.max(0, inPlace - before));
    counted.set(digest, Math.max(before, inPlace));
    partial.set(digest, inPlace);
    checkpoints.wrote(digest, inPlace);
    readBack.wrote(digest, inPlace);
  };
  try {
    await by(target, { client, from, digest, bytes, inPlace: partial.get(digest) ?? 0, onInPlace, signal });
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    if (error.code !== 'SEQ0507') throw blobRefused({ image: blob.image, cause: error });
    throw (blob.foreign ? foreignLayerMissing : partMissing)({ ...blob, cause: error });
  }
}
