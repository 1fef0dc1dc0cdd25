import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** How a layer is packed, judged by its first bytes: media types may be wrong. */
const packings: readonly {
  readonly name: string;
  readonly magic: Buffer;
  readonly unpack: (() => Transform) | undefined;
}[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]), unpack: () => zlib.createGunzip() },
  // Node supports it from 22.15 on.
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: zstd() },
];

function zstd(): (() => Transform) | undefined {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress;
}

/** A layer is packed in a way that this Node cannot unpack, or its packing is an attack. */
export class PackingRefused extends Error {}

// Layers of programs are packed to a third, sparse ones to a hundredth; zeros alone to a thousandth, for hours.
const mostTimesPacked = 200;
const alwaysUnpacked = 256 * 1024 ** 2;

/**
 * The tar archive in a layer, piece by piece. Reading to the end also reads all of the layer's own bytes, so that their
 * digest is proven. A packing that is cut is an error of zlib.
 *
 * @throws PackingRefused
 */
export async function* unpackedLayer(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const pieces = packed[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  try {
    for (let bytes = 0; bytes < 4;) {
      const next = await pieces.next();
      if (next.done === true) break;
      first.push(next.value);
      bytes += next.value.length;
    }
    const head = Buffer.concat(first);
    const packing = packings.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
    const whole = joined(head, pieces);
    if (packing === undefined) {
      yield* whole;
      return;
    }
    if (packing.unpack === undefined)
      throw new PackingRefused(`it is compressed by ${packing.name}, which seqmirror cannot read`);
    yield* throughUnpacker(whole, packing.unpack());
  } finally {
    await pieces.return?.();
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* throughUnpacker(
  packed: AsyncIterable<Buffer>,
  unpacker: Transform,
): AsyncGenerator<Buffer, void, undefined> {
  let [bytesPacked, bytesUnpacked] = [0, 0];
  const counted = async function* (): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of packed) {
      bytesPacked += piece.length;
      yield piece;
    }
  };
  const fed = pipeline(Readable.from(counted(), { objectMode: false }), unpacker, { end: true });
  // Its failure is that of the unpacker, which is being read.
  fed.catch(() => undefined);
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      bytesUnpacked += piece.length;
      if (bytesUnpacked > alwaysUnpacked && bytesUnpacked > mostTimesPacked * bytesPacked)
        throw new PackingRefused(
          `its uncompressed content is more than ${mostTimesPacked} times as large as the layer`,
        );
      yield piece;
    }
    await fed;
  } finally {
    unpacker.destroy();
  }
}
