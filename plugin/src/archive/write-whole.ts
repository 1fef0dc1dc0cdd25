/** Writes an archive from its first byte to its last, when everything that goes into it is at hand. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Digest } from '../registry/digest';
import { digestFromHex } from '../registry/digest';
import { impossible } from '../system/errors';
import type { ArchiveLayout, ArchiveVolume, LaidOutEntry } from './layout';
import { archiveFileName } from './names';
import { writeFully } from './positional-io';
import { encodeHeader, paddedBytes, trailerBytes } from './tar-header';

// Headers and links by the hundred thousand are written in one go.
const gatheredBytes = 1024 * 1024;

/** An entry that is neither blob nor link, with its content. */
export interface PlannedFile {
  readonly name: string;
  readonly bytes: number;
  /** Hands out the content; asked once a writing. */
  readonly pieces: () => AsyncIterable<Buffer>;
}

/** A volume with the files that stand behind its links and blobs, as oc-mirror orders them. */
export interface WholeVolume {
  readonly name: string;
  readonly entries: readonly Pick<LaidOutEntry, 'kind' | 'name' | 'digest' | 'bytes'>[];
  readonly files: readonly PlannedFile[];
  readonly bytes: number;
}

/** Puts files behind what was laid out, in more volumes where they do not fit. Sorted by name. */
export function withFiles(
  layout: ArchiveLayout,
  files: readonly PlannedFile[],
  { archiveSizeBytes }: { archiveSizeBytes: number },
): WholeVolume[] {
  const volumes: (WholeVolume & { files: PlannedFile[]; bytes: number })[] = layout.volumes.map(asWhole);
  for (const file of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const needed = encodeHeader(file).length + paddedBytes(file.bytes);
    let last = volumes.at(-1);
    if (last === undefined || last.bytes + needed > archiveSizeBytes) {
      last = { name: archiveFileName(volumes.length + 1), entries: [], files: [], bytes: trailerBytes };
      volumes.push(last);
    }
    last.files.push(file);
    last.bytes += needed;
  }
  return volumes;
}

function asWhole({ name, entries, bytes }: ArchiveVolume): WholeVolume & { files: PlannedFile[] } {
  return { name, entries, files: [], bytes };
}

interface WriteOptions {
  /** Hands out a blob's bytes, all of them; they are counted here, and proven by who verifies the archive. */
  readonly blob: (digest: Digest) => AsyncIterable<Buffer>;
  readonly signal?: AbortSignal | undefined;
  /** Bytes written in addition to those told before. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** Writes a volume into a new file, on disk for good when this returns, and says the hash of the whole. */
export async function writeWholeArchive(
  path: string,
  { entries, files }: WholeVolume,
  { blob, signal, progress }: WriteOptions,
): Promise<{ bytes: number; sha256: Digest }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'w', 0o644);
  let gathered: Uint8Array[] = [];
  let gatheredLength = 0;
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    const piece = Buffer.concat(gathered);
    gathered = [];
    gatheredLength = 0;
    hash.update(piece);
    await writeFully(file, piece, bytes);
    bytes += piece.length;
    progress?.(piece.length);
  };
  const write = async (piece: Uint8Array): Promise<void> => {
    gathered.push(piece);
    gatheredLength += piece.length;
    if (gatheredLength >= gatheredBytes) await flush();
  };
  const entry = async (name: string, entryBytes: number, pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    await write(encodeHeader({ name, bytes: entryBytes }));
    let seen = 0;
    for await (const piece of pieces) {
      seen += piece.length;
      await write(piece);
    }
    if (seen !== entryBytes) throw impossible(`${name} has ${seen} bytes instead of ${entryBytes}`);
    if (paddedBytes(seen) > seen) await write(Buffer.alloc(paddedBytes(seen) - seen));
  };
  try {
    for (const { kind, name, digest, bytes: entryBytes } of entries) {
      await entry(name, entryBytes, kind === 'blob' ? blob(digest) : textOf(digest));
    }
    for (const { name, bytes: entryBytes, pieces } of files) await entry(name, entryBytes, pieces());
    await write(Buffer.alloc(trailerBytes));
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: digestFromHex(hash.digest('hex')) };
}

async function* textOf(digest: Digest): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(digest, 'latin1');
}
