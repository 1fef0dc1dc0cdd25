import type { CatalogFile } from './documents';

/** A file of a catalog in memory, handed out in pieces. */
export function fileInMemory(path: string, text: string | Buffer, { pieceBytes = 64 * 1024 } = {}): CatalogFile {
  const content = Buffer.from(text);
  return {
    path,
    bytes: content.length,

    async *pieces({ offset, bytes }) {
      for (let at = offset; at < offset + bytes; at += pieceBytes)
        yield content.subarray(at, Math.min(at + pieceBytes, offset + bytes));
    },
  };
}
