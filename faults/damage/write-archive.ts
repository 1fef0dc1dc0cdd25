/** Writes an archive and tells which part each of its bytes belongs to. */
import { open } from 'node:fs/promises';
import type { PlannedEntry } from '../../plugin/src/archive/plan';
import { encodeHeader, paddedBytes, trailerBytes } from '../../plugin/src/archive/tar-header';
import type { Digest } from '../../plugin/src/oci/digest';

export type PieceKind = 'header' | 'link' | 'blob' | 'working-dir' | 'padding' | 'trailer';

export interface ArchivePiece {
  readonly kind: PieceKind;
  /** From the file's start; `to` is the first byte behind it. */
  readonly from: number;
  readonly to: number;
  /** The entry that it belongs to; none for the trailer. */
  readonly entry?: { readonly name: string; readonly kind: 'link' | 'blob' | 'working-dir'; readonly digest?: Digest };
}

export interface ExtraFile {
  readonly name: string;
  readonly content: Buffer;
}

interface Contents {
  readonly before: readonly ExtraFile[];
  readonly entries: readonly PlannedEntry[];
  readonly after: readonly ExtraFile[];
}

export async function writeArchive(
  path: string,
  { before, entries, after }: Contents,
  bytesOf: (digest: Digest) => AsyncIterable<Buffer>,
): Promise<{ bytes: number; pieces: ArchivePiece[] }> {
  const file = await open(path, 'wx', 0o644);
  const pieces: ArchivePiece[] = [];
  let end = 0;
  const put = async (
    content: AsyncIterable<Buffer> | readonly Buffer[],
    piece: Omit<ArchivePiece, 'from' | 'to'>,
  ): Promise<void> => {
    const from = end;
    for await (const part of content) {
      await file.write(part, 0, part.length, end);
      end += part.length;
    }
    if (end > from) pieces.push({ ...piece, from, to: end });
  };
  const putEntry = async (
    entry: NonNullable<ArchivePiece['entry']>,
    bytes: number,
    body: AsyncIterable<Buffer> | readonly Buffer[],
  ): Promise<void> => {
    await put([encodeHeader({ name: entry.name, bytes })], { kind: 'header', entry });
    await put(body, { kind: entry.kind, entry });
    await put([Buffer.alloc(paddedBytes(bytes) - bytes)], { kind: 'padding', entry });
  };
  const putExtras = async (extras: readonly ExtraFile[]): Promise<void> => {
    for (const { name, content } of extras) await putEntry({ name, kind: 'working-dir' }, content.length, [content]);
  };
  try {
    await putExtras(before);
    for (const entry of entries) {
      const { name, bytes } = entry;
      if (entry.kind === 'file') await putEntry({ name, kind: 'working-dir' }, bytes, entry.pieces());
      else {
        const { kind, digest } = entry;
        await putEntry({ name, kind, digest }, bytes, kind === 'blob' ? bytesOf(digest) : [Buffer.from(digest)]);
      }
    }
    await putExtras(after);
    await put([Buffer.alloc(trailerBytes)], { kind: 'trailer' });
  } finally {
    await file.close();
  }
  return { bytes: end, pieces };
}
