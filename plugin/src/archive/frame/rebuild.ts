/**
 * Makes an archive again, byte for byte, from its frame and its blobs. It walks the frame as it would walk the archive:
 * headers say where a blob's body goes. The frame is not trusted: the archive's size limits what is unpacked, the
 * frame's hash shows whether it is the sealed one, and each blob is hashed while it is written.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Digest } from '../../oci/digest';
import { fillFileAtomically } from '../../system/atomic-file';
import { isSeqmirrorError } from '../../system/errors';
import { inPrivateFolder } from '../../system/path-below';
import type { BlobPlace } from '../archive-index';
import { provenPieces } from '../blob-source';
import { frameUnusable } from '../errors';
import { parseEntryName } from '../names';
import { openOutput } from '../output';
import type { TarEntry } from '../tar-entries';
import { walkTar } from '../tar-entries';
import type { Window } from '../window';
import type { FrameReader } from './frame-reader';
import { openFrame } from './frame-reader';

export interface FrameFile {
  /** The file that holds the frame. */
  readonly frame: string;
  /** Bytes of the archive that the frame belongs to, as it was sealed: no frame unpacks to more than this. */
  readonly bytes: number;
  /** Hash of the sealed frame, 64 hexadecimal digits. Without it, any frame is accepted. */
  readonly frameSha256?: string | undefined;
}

interface Run {
  readonly signal?: AbortSignal | undefined;
}

export interface RebuildRequest extends FrameFile, Run {
  readonly to: string;
  /** Returns a blob. Pieces are read one after the other, and a buffer may be reused for the next. */
  readonly blob: (digest: Digest, bytes: number) => AsyncIterable<Buffer>;
  /** Called with the bytes written since the last call; in the end they add up to the whole archive. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

export interface ReadFrame {
  readonly frameSha256: string;
  /** Where the blobs lie in the archive. */
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
}

/**
 * Written under a temporary name, fsynced, renamed: if anything goes wrong, nothing is left behind, and a former file
 * stays.
 *
 * @throws SEQ0323 when the frame is damaged or another one, SEQ0324 when a blob does not match its digest
 */
export function rebuildArchive({ to, blob, signal, progress, ...frame }: RebuildRequest): Promise<ReadFrame> {
  return fillFileAtomically(inPrivateFolder(to), async (file: FileHandle) => {
    const output = openOutput(file, progress);
    const read = await walkFrame(frame, {
      archive: basename(to),
      signal,
      write: output.write,
      writeBlob: async (digest, bytes) => {
        for await (const piece of provenPieces(blob(digest, bytes), { digest, bytes })) {
          signal?.throwIfAborted();
          await output.write(piece);
        }
      },
    });
    await output.flush();
    return read;
  });
}

/**
 * Reads the structure of an archive from its frame, without making the archive.
 *
 * @throws SEQ0323 when the frame is damaged or another one
 */
export function readFrame(frame: FrameFile, { signal }: Run = {}): Promise<ReadFrame> {
  const pass = async (): Promise<void> => undefined;
  return walkFrame(frame, { archive: basename(frame.frame), signal, write: pass, writeBlob: pass });
}

interface FrameWalk extends Run {
  /** The archive's name, for messages. */
  readonly archive: string;
  readonly write: (piece: Buffer) => Promise<void>;
  readonly writeBlob: (digest: Digest, bytes: number) => Promise<void>;
}

async function walkFrame({ frame, bytes: fileBytes, frameSha256 }: FrameFile, walk: FrameWalk): Promise<ReadFrame> {
  const unusable = (why: string, cause?: unknown): Error => frameUnusable({ frame, archive: walk.archive, why, cause });
  const reader = openFrame(frame, { damaged: unusable });
  try {
    const source = archiveWindow(reader, { write: walk.write, cut: () => unusable('it ends too early') });
    const entries = walkTar(source.read, { archive: walk.archive, fileBytes, signal: walk.signal });
    const blobs = new Map<Digest, BlobPlace>();
    for (;;) {
      const entry = await nextEntry(entries, unusable);
      if (entry === undefined) break;
      const digest = blobOf(entry);
      // As in an index: if two entries have the same name, the first is the blob, and the other belongs to the frame.
      if (digest === undefined || blobs.has(digest)) continue;
      const { offset, bytes } = entry;
      blobs.set(digest, { offset, bytes });
      await walk.writeBlob(digest, bytes);
      source.skip(bytes);
    }
    if ((await reader.next(1)) !== undefined)
      throw unusable(`it contains more bytes than an archive of ${fileBytes} bytes can have`);
    const actual = source.sha256();
    if (frameSha256 !== undefined && actual !== frameSha256)
      throw unusable(`its hash is not the one in seq-metadata.yaml`);
    return { frameSha256: actual, blobs };
  } finally {
    reader.close();
  }
}

async function nextEntry(
  entries: AsyncGenerator<TarEntry, void, undefined>,
  unusable: (why: string, cause: unknown) => Error,
): Promise<TarEntry | undefined> {
  try {
    const { value } = await entries.next();
    return value ?? undefined;
  } catch (error) {
    if (isSeqmirrorError(error) && error.code === 'SEQ0304') throw unusable(error.what, error);
    throw error;
  }
}

function blobOf({ name, type }: TarEntry): Digest | undefined {
  if (name === undefined || type !== '0') return undefined;
  const parsed = parseEntryName(name);
  return parsed.kind === 'blob' ? parsed.digest : undefined;
}

/**
 * A window on the archive that a frame belongs to. Everything that passes is written, except blobs, which are skipped.
 */
function archiveWindow(
  reader: FrameReader,
  { write, cut }: { write: FrameWalk['write']; cut: () => Error },
): { read: Window; skip: (bytes: number) => void; sha256: () => string } {
  const hash = createHash('sha256');
  let end = 0;
  let last: Buffer = Buffer.alloc(0);
  const next = async (most: number): Promise<Buffer> => {
    const piece = await reader.next(most);
    if (piece === undefined) throw cut();
    hash.update(piece);
    await write(piece);
    end += piece.length;
    return piece;
  };
  return {
    read: async (offset, bytes) => {
      // The end mark is asked for again, together with what follows it.
      const known = offset < end ? last.subarray(last.length - (end - offset)) : Buffer.alloc(0);
      while (end < offset) await next(offset - end);
      const pieces = [known];
      while (end < offset + bytes) pieces.push(await next(offset + bytes - end));
      last = Buffer.concat(pieces);
      return last;
    },
    skip: (bytes) => {
      end += bytes;
    },
    sha256: () => hash.digest('hex'),
  };
}
