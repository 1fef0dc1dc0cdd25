/** Writes a planned archive from its first byte to its last, when all its content is on this machine. */
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../oci/digest';
import { createFile } from '../system/atomic-file';
import { impossible } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import { openRegular } from '../system/regular-file';
import type { LocalBlobSource } from './blob-source';
import { provenPieces } from './blob-source';
import { blobSourceDamaged } from './errors';
import type { HashLanes, HashingOutput, Sink } from './hashing/hashing';
import { openHashingOutput, startHashLanes } from './hashing/hashing';
import type { PlannedArchive, PlannedEntry } from './plan';
import { writeFully } from './positional-io';
import { encodeHeader, paddedBytes, trailerBytes } from './tar-header';

export interface WriteOptions {
  /** Where to take a blob from. It is hashed while it is copied. */
  readonly source: (digest: Digest) => LocalBlobSource;
  /** Makes the error for a blob in a file that does not match its digest; default: SEQ0324. */
  readonly damaged?: ((digest: Digest, why: string) => Error) | undefined;
  /** Threads to hash in; without them, it starts and ends its own. */
  readonly lanes?: HashLanes | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes written since the last call. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

export interface WrittenFile {
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes an archive into a new file, proves every blob, and returns the hash of the file. It is safely on disk when
 * this returns.
 *
 * @throws SEQ0324 when a blob does not match its digest
 */
export async function writeArchive(path: string, archive: PlannedArchive, options: WriteOptions): Promise<WrittenFile> {
  const file = await createFile(inPrivateFolder(path));
  try {
    const written = await sendArchive(archive, (piece, position) => writeFully(file, piece, position), options);
    await file.sync();
    return written;
  } finally {
    await file.close();
  }
}

/** Part of an archive, by offsets from its start. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/**
 * Writes the bytes of an archive, or of a slice of it, to a sink, each read once. A blob that is only partly in the
 * slice is not proven.
 */
export async function sendArchive(
  archive: PlannedArchive,
  sink: Sink,
  { source, damaged, lanes, signal, progress, slice }: WriteOptions & { readonly slice?: Slice | undefined },
): Promise<WrittenFile> {
  const threads = lanes ?? startHashLanes();
  const files = openFiles();
  try {
    const output = openHashingOutput(sink, threads, { signal, progress });
    const { from, to } = slice ?? { from: 0, to: archive.bytes };
    let end = 0;
    for (const part of partsOf(archive)) {
      const start = end;
      end += part.bytes;
      const inside = { from: Math.max(from, start) - start, to: Math.min(to, end) - start };
      if (inside.from >= inside.to && !(part.bytes === 0 && start >= from && start < to)) continue;
      await send(part, inside, { output, files, source, damaged });
    }
    if (end !== archive.bytes) throw impossible(`${archive.name} has ${end} bytes instead of ${archive.bytes}`);
    return await output.end();
  } finally {
    await files.close();
    if (lanes === undefined) await threads.close();
  }
}

type Part = { readonly bytes: number } & ({ readonly text: Uint8Array } | { readonly entry: BodyEntry });
type BodyEntry = Exclude<PlannedEntry, { readonly kind: 'link' }>;

/** The parts of an archive, in order. */
function* partsOf({ entries }: PlannedArchive): Generator<Part, void, undefined> {
  const text = (piece: Uint8Array): Part => ({ bytes: piece.length, text: piece });
  for (const entry of entries) {
    yield text(encodeHeader(entry));
    yield entry.kind === 'link' ? text(Buffer.from(entry.digest, 'latin1')) : { bytes: entry.bytes, entry };
    yield text(Buffer.alloc(paddedBytes(entry.bytes) - entry.bytes));
  }
  yield text(Buffer.alloc(trailerBytes));
}

interface SendRun extends Pick<WriteOptions, 'source' | 'damaged'> {
  readonly output: HashingOutput;
  readonly files: OpenFiles;
}

async function send(part: Part, slice: Slice, { output, files, source, damaged }: SendRun): Promise<void> {
  if ('text' in part) return output.write(part.text.subarray(slice.from, slice.to));
  const { entry, bytes } = part;
  if (entry.kind === 'file') return sendPieces(entry, entry.pieces(), slice, output);
  const { digest } = entry;
  const isWhole = slice.from === 0 && slice.to === bytes;
  const found = source(digest);
  if (found.bytes !== bytes) throw impossible(`${digest} has ${found.bytes} bytes instead of ${bytes}`);
  if ('pieces' in found) return sendPieces(entry, provenPieces(found.pieces(), entry), slice, output);
  const { path, offset } = found;
  return output.copy(
    { file: await files.open(path), offset: offset + slice.from, bytes: slice.to - slice.from },
    {
      digest: isWhole ? digest : undefined,
      damaged: (why) => damaged?.(digest, why) ?? blobSourceDamaged({ digest, path, offset, why }),
    },
  );
}

/** Writes the part of the pieces that is in a slice. Reads them to their end, since their length is checked there. */
async function sendPieces(
  { name, bytes }: BodyEntry,
  pieces: AsyncIterable<Buffer>,
  { from, to }: Slice,
  output: HashingOutput,
): Promise<void> {
  let seen = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, from - seen), Math.max(0, to - seen));
    seen += piece.length;
    if (part.length > 0) await output.write(part);
  }
  if (seen !== bytes) throw impossible(`${name} has ${seen} bytes instead of ${bytes}`);
}

interface OpenFiles {
  open(path: string): Promise<FileHandle>;
  close(): Promise<void>;
}

// A chain of hundreds of archives is read with only a few of them open.
const mostOpen = 32;

function openFiles(): OpenFiles {
  const files = new Map<string, FileHandle>();
  return {
    open: async (path) => {
      const known = files.get(path);
      if (known !== undefined) return known;
      const [oldest] = files;
      if (oldest !== undefined && files.size >= mostOpen) {
        files.delete(oldest[0]);
        await oldest[1].close();
      }
      const file = await openRegular(path);
      files.set(path, file);
      return file;
    },
    close: async () => {
      await Promise.all([...files.values()].map((file) => file.close()));
    },
  };
}
