/**
 * Files of a catalog in memory, compressed: a hundred megabytes of JSON take about a tenth of that, and any part of
 * them can be read again, without a file on disk that would have to be removed.
 */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { ByteRange, CatalogFile } from '../fbc/fbc';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

const blockBytes = 256 * 1024;
// Documents of one package lie close to each other, whatever the order in which they are read.
const unpackedBlocks = 16;

export interface PackedFiles {
  /** @throws the error of `tooMuch`, if all files together exceed the limit */
  add(path: string, pieces: AsyncIterable<Buffer>): Promise<CatalogFile>;
}

export function createPackedFiles({
  mostPackedBytes,
  tooMuch,
}: {
  mostPackedBytes: number;
  tooMuch: () => Error;
}): PackedFiles {
  const recent = new Map<Buffer, Buffer>();
  let packedBytes = 0;

  const keep = async (block: Buffer, into: Buffer[]): Promise<void> => {
    const packed = await pack(block, { level: 1 });
    packedBytes += packed.length;
    if (packedBytes > mostPackedBytes) throw tooMuch();
    // zlib's buffer is a part of a larger piece of memory.
    into.push(Buffer.from(packed));
  };
  const unpacked = async (packed: Buffer): Promise<Buffer> => {
    const block = recent.get(packed) ?? (await unpack(packed));
    recent.delete(packed);
    recent.set(packed, block);
    for (const oldest of recent.keys()) if (recent.size > unpackedBlocks) recent.delete(oldest);
    return block;
  };

  return {
    add: async (path, pieces) => {
      const blocks: Buffer[] = [];
      let [bytes, filled] = [0, 0];
      let block = Buffer.allocUnsafe(blockBytes);
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length;) {
          const copied = piece.copy(block, filled, at);
          at += copied;
          filled += copied;
          if (filled < blockBytes) continue;
          await keep(block, blocks);
          filled = 0;
        }
        bytes += piece.length;
      }
      if (filled > 0) await keep(block.subarray(0, filled), blocks);
      block = Buffer.alloc(0);
      return {
        path,
        bytes,
        pieces: async function* ({ offset, bytes: wanted }: ByteRange) {
          for (let at = offset; at < offset + wanted;) {
            const content = await unpacked(blocks[Math.floor(at / blockBytes)] as Buffer);
            const from = at % blockBytes;
            const piece = content.subarray(from, from + (offset + wanted - at));
            at += piece.length;
            yield piece;
          }
        },
      };
    },
  };
}
