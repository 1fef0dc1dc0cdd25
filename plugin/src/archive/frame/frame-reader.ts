/** Reads kept frames: gzip files, which anybody may have changed or swapped. */
import { createGunzip } from 'node:zlib';
import { systemErrorCode } from '../../system/errors';
import { streamRegular } from '../../system/regular-file';
import { fileTrouble } from '../../system/system-errors';

/** A frame's bytes, from the first to the last. No more is unpacked at a time than a stream buffers. */
export interface FrameReader {
  /** The next bytes, between one and `most` of them; `undefined` at the frame's end. */
  next(most: number): Promise<Buffer | undefined>;
  close(): void;
}

/** Its reads fail with SEQ0702 when the file cannot be read, and with `damaged` when it is not gzip. */
export function openFrame(path: string, { damaged }: { damaged: (why: string, cause: unknown) => Error }): FrameReader {
  const file = streamRegular(path);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  // The error is thrown when the next piece is asked for; until then it must not count as unhandled.
  gunzip.on('error', () => undefined);
  const pieces = file.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    try {
      const { done, value } = await pieces.next();
      if (done === true) return false;
      rest = value;
      return true;
    } catch (error) {
      const reason = systemErrorCode(error);
      if (reason !== undefined) throw fileTrouble({ path, verb: 'read', reason, cause: error });
      throw damaged(`it is not a gzip file, or was cut off (${(error as Error).message})`, error);
    }
  };
  return {
    next: async (most) => {
      while (rest.length === 0) if (!(await fill())) return undefined;
      const piece = rest.subarray(0, most);
      rest = rest.subarray(piece.length);
      return piece;
    },
    close: () => {
      file.destroy();
      gunzip.destroy();
    },
  };
}
