import type { FileHandle } from 'node:fs/promises';
import { writeFully } from './positional-io';

/** A file that is written from its first byte to its last. */
export interface Output {
  /** The piece may be reused when this resolves. */
  write(piece: Uint8Array): Promise<void>;
  /** Writes what is still in memory. */
  flush(): Promise<void>;
}

const gatheredBytes = 1024 * 1024;

/** Gathers small pieces, of which an archive has a hundred thousand, and writes them in one go. */
export function openOutput(file: FileHandle, progress?: (bytes: number) => void): Output {
  const gathered = Buffer.allocUnsafe(gatheredBytes);
  let filled = 0;
  let end = 0;
  const put = async (piece: Uint8Array): Promise<void> => {
    await writeFully(file, piece, end);
    end += piece.length;
    progress?.(piece.length);
  };
  const flush = async (): Promise<void> => {
    if (filled > 0) await put(gathered.subarray(0, filled));
    filled = 0;
  };
  return {
    write: async (piece) => {
      if (filled + piece.length > gatheredBytes) await flush();
      if (piece.length >= gatheredBytes / 4) {
        await flush();
        return put(piece);
      }
      gathered.set(piece, filled);
      filled += piece.length;
    },
    flush,
  };
}
