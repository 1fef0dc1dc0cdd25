/**
 * The two layers that a filtered catalog has above those of the original: one that removes what was in `/configs`, and one
 * with the new files. Two, since a whiteout speaks of the layers beneath its own. Names are sorted and times fixed, so
 * that the same files make the same layer; another version of Node may pack it otherwise.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { MadeBlob } from '../../archive/blob-source';
import { encodeFolderHeader, encodeHeader, paddedBytes, trailerBytes } from '../../archive/tar-header';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { CatalogFile } from '../fbc/fbc';

export interface MadeLayer extends MadeBlob {
  readonly digest: Digest;
  /** Of the layer as it is unpacked: what an image's config calls its diff id. */
  readonly diffId: Digest;
  /** For the history in an image's config. */
  readonly what: string;
}

const configs = 'configs';

export async function configLayers(files: readonly CatalogFile[]): Promise<readonly MadeLayer[]> {
  return [
    await layerOf(`removes /${configs}`, () => whiteout()),
    await layerOf(`the filtered catalog in /${configs}`, () => tarOfFiles(files)),
  ];
}

async function layerOf(what: string, archive: () => AsyncIterable<Buffer>): Promise<MadeLayer> {
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

async function* whiteout(): AsyncGenerator<Buffer, void, undefined> {
  yield encodeHeader({ name: `.wh.${configs}`, bytes: 0 });
  yield Buffer.alloc(trailerBytes);
}

async function* tarOfFiles(files: readonly CatalogFile[]): AsyncGenerator<Buffer, void, undefined> {
  const folders = new Set<string>();
  yield encodeFolderHeader(configs);
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const parts = file.path.split('/').slice(0, -1);
    for (const [index] of parts.entries()) {
      const folder = `${configs}/${parts.slice(0, index + 1).join('/')}`;
      if (folders.has(folder)) continue;
      folders.add(folder);
      yield encodeFolderHeader(folder);
    }
    yield encodeHeader({ name: `${configs}/${file.path}`, bytes: file.bytes });
    yield* file.pieces({ offset: 0, bytes: file.bytes });
    yield Buffer.alloc(paddedBytes(file.bytes) - file.bytes);
  }
  yield Buffer.alloc(trailerBytes);
}
