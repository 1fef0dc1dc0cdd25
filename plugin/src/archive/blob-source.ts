/** Where the bytes of a blob come from. */
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import type { ImageReference } from '../oci/reference';
import type { BlobPlace } from './archive-index';
import { blobNotAsNamed } from './errors';

/** A blob in a file: an archive that has it, or a file of its own. */
export interface StoredBlob extends BlobPlace {
  readonly path: string;
}

/** A blob whose bytes we have at hand, or make: a manifest that was read, a catalog that was built again. */
export interface MadeBlob {
  readonly bytes: number;
  /** Hands out the content; asked once a writing. A piece may be used again when the next one is asked for. */
  readonly pieces: () => AsyncIterable<Buffer>;
}

/** What is in memory, as a blob or the content of a file. */
export function bytesAtHand(content: Buffer): MadeBlob {
  return {
    bytes: content.length,
    pieces: async function* () {
      yield content;
    },
  };
}

/** A blob that a repository has. */
export interface RemoteBlob {
  readonly bytes: number;
  readonly repository: ImageReference;
}

export type BlobSource = StoredBlob | MadeBlob | RemoteBlob;

/** What is on this machine. */
export type LocalBlobSource = StoredBlob | MadeBlob;

/**
 * Hands pieces on while they may be the blob: whoever reaches the end has the right content. No byte beyond its length is
 * handed on, since there could be bytes without end.
 *
 * @throws SEQ0324 when they are not what the blob's name says
 */
export async function* provenPieces(
  pieces: AsyncIterable<Buffer>,
  { digest, bytes }: { readonly digest: Digest; readonly bytes: number },
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  let written = 0;
  for await (const piece of pieces) {
    written += piece.length;
    if (written > bytes) break;
    hash.update(piece);
    yield piece;
  }
  const actual = digestFromHex(hash.digest('hex'));
  if (written !== bytes || actual !== digest) throw blobNotAsNamed({ digest, bytes, written, actual });
}
