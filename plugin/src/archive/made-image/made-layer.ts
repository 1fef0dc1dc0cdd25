/**
 * Layers that are made here. Names are sorted and times fixed, so that the same files make the same layer; another
 * version of Node may compress it differently.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { MadeBlob } from '../blob-source';
import { encodeFolderHeader, encodeHeader, paddedBytes, trailerBytes } from '../tar-header';

export interface MadeLayer extends MadeBlob {
  readonly digest: Digest;
  /** The digest of the unpacked layer, which an image's config calls its diff id. */
  readonly diffId: Digest;
  /** For the history in an image's config. */
  readonly what: string;
}

/** A file of a layer. */
export interface LayerContent {
  /** Below the layer's folder: `stable/4.19.yaml`. */
  readonly path: string;
  readonly bytes: number;
  readonly pieces: () => AsyncIterable<Buffer>;
}

/**
 * A layer of a tar archive that is made here.
 *
 * @param archive returns the archive; called once for its digest and once per writing
 */
export async function madeLayer(what: string, archive: () => AsyncIterable<Buffer>): Promise<MadeLayer> {
  const [packed, unpacked] = [createHash('sha256'), createHash('sha256')];
  let bytes = 0;
  for await (const piece of gzipped(seen(archive(), (part) => unpacked.update(part)))) {
    packed.update(piece);
    bytes += piece.length;
  }
  return {
    what,
    bytes,
    digest: digestFromHex(packed.digest('hex')),
    diffId: digestFromHex(unpacked.digest('hex')),
    pieces: () => gzipped(archive()),
  };
}

async function* seen(
  pieces: AsyncIterable<Buffer>,
  see: (piece: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of pieces) {
    see(piece);
    yield piece;
  }
}

async function* gzipped(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const source = Readable.from(pieces, { objectMode: false });
  const gzip = createGzip();
  source.on('error', (error) => gzip.destroy(error));
  try {
    for await (const piece of source.pipe(gzip)) yield piece as Buffer;
  } finally {
    source.destroy();
    gzip.destroy();
  }
}

/** The archive of files below a folder, each with the folders that lead to it, all of them root's. */
export async function* tarOfFiles(
  folder: string,
  files: readonly LayerContent[],
): AsyncGenerator<Buffer, void, undefined> {
  const made = new Set<string>();
  for (const { path, bytes, pieces } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = `${folder}/${path}`;
    for (const parent of foldersOf(name)) {
      if (made.has(parent)) continue;
      made.add(parent);
      yield encodeFolderHeader(parent);
    }
    yield encodeHeader({ name, bytes });
    yield* pieces();
    yield Buffer.alloc(paddedBytes(bytes) - bytes);
  }
  yield Buffer.alloc(trailerBytes);
}

/** `a/b/c` → `a`, `a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
