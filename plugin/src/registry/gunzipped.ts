/** Unpacks bodies that proxies and object stores compressed on the way, while they are read. */
import type { Readable, TransformCallback } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';

// More than incompressible data and all buffers on the way can amount to.
const mostAhead = 1024 * 1024;

/**
 * The content of a gzip body, in pieces of 16 KiB, so that a reader that counts them stops early. Gzip that goes on
 * without any content ends in an error, which counting the content would not find.
 */
export function gunzipped(body: Readable): Readable {
  let packed = 0;
  let unpacked = 0;
  const guard = new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      // Incompressible data grows by 5 bytes in each 16 KiB or more.
      const isAhead = packed > unpacked + unpacked / 1024 + mostAhead;
      packed += piece.length;
      if (isAhead) done(Object.assign(new Error('gzip that holds nothing'), { code: 'Z_DATA_ERROR' }));
      else done(null, piece);
    },
    flush(done: TransformCallback) {
      // An empty body, which Go's reader accepts as empty content.
      done(null, packed === 0 ? gzipSync('') : undefined);
    },
  });
  const count = new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      unpacked += piece.length;
      done(null, piece);
    },
  });
  // The reader gets the error too.
  pipeline(body, guard, createGunzip(), count, () => undefined);
  return count;
}
