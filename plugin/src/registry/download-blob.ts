/**
 * Downloads a blob to its place on disk, a file of its own or its part of an archive, and continues what an earlier run
 * began. Used by the embedded engine and by reissues.
 */
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import type { ImageReference } from '../oci/reference';
import { isSeqmirrorError } from '../system/errors';
import type { RegistryClient } from './client';

/** Where a blob goes. Positions in bytes from the blob's start. */
export interface BlobTarget {
  /** Writes consecutive pieces. */
  write(position: number, pieces: readonly Uint8Array[]): Promise<void>;
  /** Reads back what is there: fewer bytes than asked only at the end. */
  read(position: number, into: Buffer): Promise<number>;
}

export interface BlobDownload {
  readonly client: RegistryClient;
  /** A repository that has it. */
  readonly from: ImageReference;
  readonly digest: Digest;
  readonly bytes: number;
  /**
   * Bytes from its start that an earlier run may have left. Their hash decides in the end: a wrong number only costs
   * time.
   */
  readonly inPlace: number;
  /** Called with the bytes in place since the last call, and with their sum. */
  readonly onInPlace: (more: number, inPlace: number) => void;
  readonly signal: AbortSignal;
}

// With one write under way, a blob takes at most twice this much memory.
const gatheredBytes = 256 * 1024;
const readBytes = 1024 * 1024;

/**
 * Returns when the whole blob is written and its digest proven.
 *
 * @throws SEQ0508 for other content, SEQ0507 when the registry does not have it, SEQ05xx when it refuses otherwise
 */
export async function downloadBlob(target: BlobTarget, download: BlobDownload): Promise<void> {
  const { client, from, digest, bytes, signal, onInPlace } = download;
  const resume = await prefixOf(target, download);
  if (resume !== undefined) onInPlace(resume.bytes, resume.bytes);
  try {
    await writeAll(target, client.blob(from, { digest, bytes }, { signal, resume }), resume?.bytes ?? 0, onInPlace);
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code !== 'SEQ0508' || resume === undefined) throw error;
    // The part from an earlier run may be wrong. Downloads it once more from the start.
    await writeAll(target, client.blob(from, { digest, bytes }, { signal }), 0, onInPlace);
  }
}

/**
 * Returns when the whole blob is written, and has proven its length alone: for callers who hash what was written. Each
 * byte is written once, those from the start first.
 *
 * @throws SEQ0508 for another length, SEQ0507 when the registry does not have it, SEQ05xx when it refuses otherwise
 */
export async function downloadUnproven(
  target: Pick<BlobTarget, 'write'>,
  { client, from, digest, bytes, inPlace, onInPlace, signal }: BlobDownload,
): Promise<void> {
  const start = inPlace > bytes ? 0 : inPlace;
  onInPlace(start, start);
  await writeAll(target, client.unprovenBlob(from, { digest, bytes }, { signal, from: start }), start, onInPlace);
}

/** Gathers what arrives in small pieces, and writes it in large ones while the next arrives. */
async function writeAll(
  target: Pick<BlobTarget, 'write'>,
  pieces: AsyncIterable<Buffer>,
  from: number,
  onInPlace: BlobDownload['onInPlace'],
): Promise<void> {
  let position = from;
  let gathered: Buffer[] = [];
  let bytes = 0;
  let underWay = Promise.resolve();
  const flush = async (): Promise<void> => {
    await underWay;
    if (bytes === 0) return;
    const [written, inPlace] = [bytes, position + bytes];
    underWay = target.write(position, gathered).then(() => onInPlace(written, inPlace));
    // The next call checks it; until then a failure must not count as unhandled.
    underWay.catch(() => undefined);
    position = inPlace;
    gathered = [];
    bytes = 0;
  };
  const finish = async (): Promise<void> => {
    await flush();
    await underWay;
  };
  try {
    for await (const piece of pieces) {
      gathered.push(piece);
      bytes += piece.length;
      if (bytes >= gatheredBytes) await flush();
    }
  } catch (error) {
    // Bytes that arrived before a cut are not requested again.
    await finish().catch(() => undefined);
    throw error;
  }
  await finish();
}

/** Hashes what an earlier run left of a blob, so that the download can continue. */
async function prefixOf(
  target: BlobTarget,
  { inPlace, bytes, signal }: BlobDownload,
): Promise<{ bytes: number; hash: Hash } | undefined> {
  if (inPlace === 0 || inPlace > bytes) return undefined;
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.min(readBytes, inPlace));
  for (let at = 0; at < inPlace;) {
    signal.throwIfAborted();
    const read = await target.read(at, piece.subarray(0, Math.min(piece.length, inPlace - at)));
    if (read === 0) return undefined;
    hash.update(piece.subarray(0, read));
    at += read;
  }
  return { bytes: inPlace, hash };
}
