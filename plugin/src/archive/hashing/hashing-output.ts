/**
 * An output that is written once, from its first byte to its last, and hashed meanwhile: as a whole, and each blob in
 * it. Pieces are reused: one is filled while others are hashed and written.
 */
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import { readFully } from '../positional-io';
import type { HashLanes } from './hash-lanes';
import type { Piece } from './piece';
import { newPiece, pieceBytes } from './piece';

/** Where the bytes go. Called with one piece after the other; a piece may be reused when the promise resolves. */
export type Sink = (piece: Uint8Array, position: number) => Promise<void>;

/** Bytes of a file. */
export interface FilePlace {
  readonly file: FileHandle;
  readonly offset: number;
  readonly bytes: number;
}

interface CopyOptions {
  /** The digest that the bytes must have; without it they are copied as they are. */
  readonly digest?: Digest | undefined;
  /** Makes the error for bytes with another digest, or that are missing. */
  readonly damaged: (why: string) => Error;
}

export interface HashingOutput {
  write(piece: Uint8Array): Promise<void>;
  /** Copies a range of a file. Damage may be found only while later pieces are written, at the latest by `end`. */
  copy(place: FilePlace, options: CopyOptions): Promise<void>;
  /** Resolves when everything is written and proven. */
  end(): Promise<{ bytes: number; sha256: string }>;
}

const pieces = 6;

export function openHashingOutput(
  sink: Sink,
  lanes: HashLanes,
  { signal, progress }: { signal?: AbortSignal | undefined; progress?: ((bytes: number) => void) | undefined } = {},
): HashingOutput {
  // A small archive needs one.
  const round: Piece[] = [];
  const expected: { digest: Digest; damaged: CopyOptions['damaged'] }[] = [];
  let failure: { error: unknown } | undefined;
  let turn = 0;
  let filled = 0;
  let written = 0;
  let ranges: number[] = [];
  let writing: Promise<void> = Promise.resolve();
  const current = (): Piece => (round[turn % pieces] ??= newPiece());

  const compare = (digests: readonly string[]): void => {
    for (const actual of digests) {
      const blob = expected.shift();
      if (blob !== undefined && digestFromHex(actual) !== blob.digest)
        throw blob.damaged(`the content has the digest ${digestFromHex(actual)}`);
    }
  };
  const flush = async (): Promise<void> => {
    if (filled === 0) return;
    const piece = current();
    const bytes = filled;
    const position = written;
    const blobs = ranges;
    writing = writing.then(() => sink(piece.view.subarray(0, bytes), position));
    const done = Promise.all([
      lanes.whole.feed(piece.memory, [0, bytes, 0]),
      blobs.length === 0 ? undefined : lanes.blobs.feed(piece.memory, blobs).then(compare),
      writing,
    ]);
    piece.free = done.then(
      () => progress?.(bytes),
      (error: unknown) => void (failure ??= { error }),
    );
    written += bytes;
    filled = 0;
    ranges = [];
    turn += 1;
    await current().free;
    signal?.throwIfAborted();
    if (failure !== undefined) throw failure.error;
  };

  return {
    write: async (piece) => {
      for (let at = 0; at < piece.length;) {
        const part = piece.subarray(at, at + pieceBytes - filled);
        current().view.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === pieceBytes) await flush();
      }
    },
    copy: async ({ file, offset, bytes }, { digest, damaged }) => {
      if (digest !== undefined) expected.push({ digest, damaged });
      // Empty blobs need a hash too.
      if (bytes === 0 && digest !== undefined) ranges.push(filled, filled, 1);
      for (let at = 0; at < bytes;) {
        const length = Math.min(bytes - at, pieceBytes - filled);
        const read = await readFully(file, current().view.subarray(filled, filled + length), offset + at);
        if (read < length) throw damaged(`the file ends ${bytes - at - read} bytes before the end of the blob`);
        at += length;
        if (digest !== undefined) ranges.push(filled, filled + length, at === bytes ? 1 : 0);
        filled += length;
        if (filled === pieceBytes) await flush();
      }
    },
    end: async () => {
      // An empty blob cannot be at the end of an empty piece: its header comes before it in the archive.
      await flush();
      await Promise.all(round.map(({ free }) => free));
      if (failure !== undefined) throw failure.error;
      const [sha256 = ''] = await lanes.whole.feed(new SharedArrayBuffer(0), [0, 0, 1]);
      return { bytes: written, sha256 };
    },
  };
}
