/**
 * Makes an archive again, byte for byte, out of its frame and its blobs. A frame is walked as the archive would be: its
 * headers say where a blob's body goes. Nothing of it is believed beyond what is known from elsewhere: an archive's
 * size bounds what may be unpacked, the frame's hash says whether it is the one that was sealed, and each blob is hashed
 * while it is written.
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
  /** As it was sealed, 64 hexadecimal digits; without it, the frame is taken as it is. */
  readonly frameSha256?: string | undefined;
}

interface Run {
  readonly signal?: AbortSignal | undefined;
}

export interface RebuildRequest extends FrameFile, Run {
  readonly to: string;
  /** Hands out a blob. Pieces are taken one after the other, and a buffer may be used again for the next. */
  readonly blob: (digest: Digest, bytes: number) => AsyncIterable<Buffer>;
  /** Bytes written in addition to those told before; in the end, all of the archive's. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

export interface ReadFrame {
  readonly frameSha256: string;
  /** Where the blobs lie in the archive. */
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
}

/**
 * Written aside, fsynced, renamed: when anything is wrong, nothing is left behind, and a file that was there is still.
 *
 * @throws SEQ0323 when the frame is damaged or another one, SEQ0324 when a blob is not what its name says
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
 * What a frame says of its archive, without making it.
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
    const source = archiveWindow(reader, { write: walk.write, cut: () => unusable('it ends early') });
    const entries = walkTar(source.read, { archive: walk.archive, fileBytes, signal: walk.signal });
    const blobs = new Map<Digest, BlobPlace>();
    for (;;) {
      const entry = await nextEntry(entries, unusable);
      if (entry === undefined) break;
      const digest = blobOf(entry);
      // As in an index: of two entries with one name the first is the blob, and the other a part of the frame.
      if (digest === undefined || blobs.has(digest)) continue;
      const { offset, bytes } = entry;
      blobs.set(digest, { offset, bytes });
      await walk.writeBlob(digest, bytes);
      source.skip(bytes);
    }
    if ((await reader.next(1)) !== undefined) throw unusable(`it holds more than an archive of ${fileBytes} bytes has`);
    const actual = source.sha256();
    if (frameSha256 !== undefined && actual !== frameSha256) throw unusable(`it is not the one that was sealed`);
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

/** A window on the archive that a frame belongs to. All that it passes is written, except blobs, which are skipped. */
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
      // The end mark is asked for once more, together with what follows it.
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
