/** Where pushed blobs come from: opened as often as needed, proven as they are read. */
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import { contentChanged } from './push-errors';
import type { BlobInArchive } from './request-facts';

export interface PushedBlob {
  readonly digest: Digest;
  readonly bytes: number;
  /** Where it lies, for messages. */
  readonly place?: BlobInArchive | undefined;
  /**
   * The content from its start. A piece is valid until the third one behind it is asked for. Called again for each
   * attempt.
   */
  open(): AsyncIterable<Buffer>;
  /** The same, hashed elsewhere than here while it is read. */
  openHashed?(): HashedContent;
}

export interface HashedContent {
  readonly pieces: AsyncIterable<Buffer>;
  /** Call it when the last piece was read. */
  digest(): Promise<Digest>;
}

/**
 * The content, hashed as it is read. Its last piece is passed on only if the whole matches the digest, so that nobody
 * ever gets all of a damaged blob. A piece is valid until the second one behind it is asked for.
 *
 * @throws SEQ0523 instead of the last piece
 */
export async function* hashedPieces(
  blob: PushedBlob,
  { subject }: { subject: string },
): AsyncGenerator<Buffer, void, undefined> {
  const { digest, bytes, place } = blob;
  const content = blob.openHashed?.() ?? hashedHere(blob);
  let held: Buffer | undefined;
  let at = 0;
  for await (const piece of content.pieces) {
    if (piece.length === 0) continue;
    if (held !== undefined) yield held;
    at += piece.length;
    held = piece;
  }
  const actual = await content.digest();
  if (actual !== digest || at !== bytes) throw contentChanged({ subject, expected: digest, actual, place });
  if (held !== undefined) yield held;
}

/** Reads a blob that a registry does not believe. @throws SEQ0523 if it is not what its digest says */
export async function requireSound(blob: PushedBlob, about: { subject: string }): Promise<void> {
  for await (const piece of hashedPieces(blob, about)) void piece;
}

function hashedHere(blob: PushedBlob): HashedContent {
  const hash = createHash('sha256');
  const pieces = async function* (): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of blob.open()) {
      hash.update(piece);
      yield piece;
    }
  };
  return { pieces: pieces(), digest: async () => digestFromHex(hash.digest('hex')) };
}

/** The same bytes in chunks with their own memory, each of `bytes` except the last. */
export async function* inChunks(pieces: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer, void, undefined> {
  let chunk = Buffer.allocUnsafeSlow(bytes);
  let length = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const copied = piece.copy(chunk, length, at);
      at += copied;
      length += copied;
      if (length < bytes) continue;
      yield chunk;
      chunk = Buffer.allocUnsafeSlow(bytes);
      length = 0;
    }
  }
  if (length > 0) yield chunk.subarray(0, length);
}
