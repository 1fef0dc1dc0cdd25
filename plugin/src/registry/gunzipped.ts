/** Bodies that were packed on the way, as proxies and object stores do, unpacked while they are read. */
import type { Readable, TransformCallback } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';

// More than packed bytes that cannot be packed and all buffers on the way amount to.
const mostAhead = 1024 * 1024;

/**
 * What a gzip body holds, in pieces of 16 KiB, so that whoever counts them stops early. Gzip that goes on without holding
 * anything ends in an error, as no count of what is unpacked would.
 */
export function gunzipped(body: Readable): Readable {
  let packed = 0;
  let unpacked = 0;
  const guard = new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      // What cannot be packed grows by 5 bytes in each 16 KiB or more.
      const isAhead = packed > unpacked + unpacked / 1024 + mostAhead;
      packed += piece.length;
      if (isAhead) done(Object.assign(new Error('gzip that holds nothing'), { code: 'Z_DATA_ERROR' }));
      else done(null, piece);
    },
    flush(done: TransformCallback) {
      // No body at all, which Go's reader takes for an empty one.
      done(null, packed === 0 ? gzipSync('') : undefined);
    },
  });
  const count = new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      unpacked += piece.length;
      done(null, piece);
    },
  });
  // Whoever reads gets the error too.
  pipeline(body, guard, createGunzip(), count, () => undefined);
  return count;
}
