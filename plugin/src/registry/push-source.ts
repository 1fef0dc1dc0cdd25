/** Where pushed blobs come from: opened as often as needed, proven as they are read. */
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import { contentChanged } from './push-errors';

export interface PushedBlob {
  readonly digest: Digest;
  readonly bytes: number;
  /**
   * The content from its start. A piece is valid until the third one behind it is asked for. Called again for each
   * attempt.
   */
  open(): AsyncIterable<Buffer>;
}

/**
 * The content, hashed as it is read. Its last piece is passed on only if the whole matches the digest, so that nobody
 * ever gets all of a damaged blob. A piece is valid until the second one behind it is asked for.
 *
 * @throws SEQ0523 instead of the last piece
 */
export async function* hashedPieces(
  { digest, bytes, open }: PushedBlob,
  { subject }: { subject: string },
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  let at = 0;
  for await (const piece of open()) {
    if (piece.length === 0) continue;
    if (held !== undefined) yield held;
    hash.update(piece);
    at += piece.length;
    held = piece;
  }
  const actual = digestFromHex(hash.digest('hex'));
  if (actual !== digest || at !== bytes) throw contentChanged({ subject, expected: digest, actual });
  if (held !== undefined) yield held;
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
