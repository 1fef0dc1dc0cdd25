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

/** A blob whose bytes are in memory, or are made here: a manifest that was read, a catalog that was rebuilt. */
export interface MadeBlob {
  readonly bytes: number;
  /** Returns the content; called once per writing. A piece may be reused when the next one is asked for. */
  readonly pieces: () => AsyncIterable<Buffer>;
}

/** A blob, or the content of a file, that is in memory. */
export function bytesAtHand(content: Buffer): MadeBlob {
  return {
    bytes: content.length,
    pieces: async function* () {
      yield content;
    },
  };
}

/** A blob in a repository. */
export interface RemoteBlob {
  readonly bytes: number;
  readonly repository: ImageReference;
}

export type BlobSource = StoredBlob | MadeBlob | RemoteBlob;

/** A blob on this machine. */
export type LocalBlobSource = StoredBlob | MadeBlob;

/**
 * Passes pieces on while they may be the blob: a reader that reaches the end has the right content. It passes on no
 * byte beyond the blob's length, since the source may never end.
 *
 * @throws SEQ0324 when they do not match the blob's digest
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
