/** Writes an archive from its first byte to its last, when everything that goes into it is at hand. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Digest } from '../oci/digest';
import { impossible } from '../system/errors';
import type { BlobPlace } from './archive-index';
import { blobSourceDamaged } from './errors';
import type { HashLanes, HashingOutput, Sink } from './hashing/hashing';
import { openHashingOutput, startHashLanes } from './hashing/hashing';
import type { ArchiveLayout, ArchiveVolume, LaidOutEntry } from './layout';
import { archiveFileName } from './names';
import { writeFully } from './positional-io';
import { encodeHeader, paddedBytes, trailerBytes } from './tar-header';

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

/** Where a blob lies: in an archive, or in a file of its own. */
export interface BlobSource extends BlobPlace {
  readonly path: string;
}

export interface WriteOptions {
  /** Where a blob is to be taken from. What is found there is hashed while it is copied. */
  readonly source: (digest: Digest) => BlobSource;
  /** Makes the error for a blob that is not what its name says; default: SEQ0324. */
  readonly damaged?: ((digest: Digest, source: BlobSource, why: string) => Error) | undefined;
  /** Threads to hash in; without them, some are started and ended. */
  readonly lanes?: HashLanes | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes written in addition to those told before. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

export interface WrittenFile {
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes a volume into a new file, on disk for good when this returns, every blob proven, and says the hash of the whole.
 *
 * @throws SEQ0324 when a blob is not what its name says
 */
export async function writeWholeArchive(
  path: string,
  volume: WholeVolume,
  options: WriteOptions,
): Promise<WrittenFile> {
  const file = await open(path, 'w', 0o644);
  try {
    const written = await sendArchive(volume, (piece, position) => writeFully(file, piece, position), options);
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
 * Hands the bytes of a volume, or of a slice of it, to a sink, each read once. A blob that lies in the slice only in part
 * is not proven here.
 */
export async function sendArchive(
  volume: WholeVolume,
  sink: Sink,
  { source, damaged, lanes, signal, progress, slice }: WriteOptions & { readonly slice?: Slice | undefined },
): Promise<WrittenFile> {
  const threads = lanes ?? startHashLanes();
  const files = openFiles();
  try {
    const output = openHashingOutput(sink, threads, { signal, progress });
    const { from, to } = slice ?? { from: 0, to: volume.bytes };
    let end = 0;
    for (const part of partsOf(volume)) {
      const start = end;
      end += part.bytes;
      const inside = { from: Math.max(from, start) - start, to: Math.min(to, end) - start };
      if (inside.from >= inside.to && !(part.bytes === 0 && start >= from && start < to)) continue;
      await send(part, inside, { output, files, source, damaged });
    }
    if (end !== volume.bytes) throw impossible(`${volume.name} has ${end} bytes instead of ${volume.bytes}`);
    return await output.end();
  } finally {
    await files.close();
    if (lanes === undefined) await threads.close();
  }
}

type Part = { readonly bytes: number } & (
  { readonly text: Uint8Array } | { readonly digest: Digest } | { readonly file: PlannedFile }
);

/** What a volume consists of, in its order. */
function* partsOf({ entries, files }: WholeVolume): Generator<Part, void, undefined> {
  const text = (piece: Uint8Array): Part => ({ bytes: piece.length, text: piece });
  const padding = (bytes: number): Part => text(Buffer.alloc(paddedBytes(bytes) - bytes));
  for (const { kind, name, digest, bytes } of entries) {
    yield text(encodeHeader({ name, bytes }));
    yield kind === 'blob' ? { bytes, digest } : text(Buffer.from(digest, 'latin1'));
    yield padding(bytes);
  }
  for (const file of files) {
    yield text(encodeHeader(file));
    yield { bytes: file.bytes, file };
    yield padding(file.bytes);
  }
  yield text(Buffer.alloc(trailerBytes));
}

async function send(
  part: Part,
  { from, to }: Slice,
  {
    output,
    files,
    source,
    damaged,
  }: { output: HashingOutput; files: OpenFiles } & Pick<WriteOptions, 'source' | 'damaged'>,
): Promise<void> {
  const isWhole = from === 0 && to === part.bytes;
  if ('text' in part) return output.write(part.text.subarray(from, to));
  if ('digest' in part) {
    const { digest, bytes } = part;
    const place = source(digest);
    if (place.bytes !== bytes) throw impossible(`${digest} has ${place.bytes} bytes instead of ${bytes}`);
    const file = await files.open(place.path);
    const broken = (why: string): Error =>
      damaged?.(digest, place, why) ?? blobSourceDamaged({ digest, path: place.path, offset: place.offset, why });
    return output.copy(
      { file, offset: place.offset + from, bytes: to - from },
      { digest: isWhole ? digest : undefined, damaged: broken },
    );
  }
  if (!isWhole) throw impossible(`a part of ${part.file.name}`);
  let seen = 0;
  for await (const piece of part.file.pieces()) {
    seen += piece.length;
    await output.write(piece);
  }
  if (seen !== part.bytes) throw impossible(`${part.file.name} has ${seen} bytes instead of ${part.bytes}`);
}

interface OpenFiles {
  open(path: string): Promise<FileHandle>;
  close(): Promise<void>;
}

// A chain of hundreds of archives is read with few of them open.
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
      const file = await open(path, 'r');
      files.set(path, file);
      return file;
    },
    close: async () => {
      await Promise.all([...files.values()].map((file) => file.close()));
    },
  };
}
