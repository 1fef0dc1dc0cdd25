/** Fills the archives of a plan in any order: blobs go straight to their places, in pieces, and several at a time. */
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../oci/digest';
import type { BlobTarget } from '../registry/download-blob';
import { openToChange } from '../system/atomic-file';
import { impossible } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import type { PlannedArchive, PlannedEntry } from './plan';
import { blobsIn } from './plan';
import { readFully, writeAllFully, writeFully } from './positional-io';
import { encodeHeader, paddedBytes } from './tar-header';

export interface FileToFill {
  readonly archive: PlannedArchive;
  readonly file: FileHandle;
}

/** Archives that are being filled. */
export interface ArchivesToFill {
  /** In the plan's order. */
  readonly files: readonly FileToFill[];
  /** The place of a blob, in the one archive that it belongs to. */
  blob(digest: Digest): BlobTarget;
  /** Returns when everything written would survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

// Headers and links between two blobs are written in one go; a hundred thousand links, in pieces of this many bytes.
const structurePieceBytes = 1024 * 1024;

/**
 * Opens the archives' files, new or filled in part, gives them their final length and writes everything but the blobs:
 * headers, links and files. Padding and the end mark are the zeros that the file gets when it is lengthened.
 */
export async function openArchives(
  archives: readonly PlannedArchive[],
  pathOf: (archiveName: string) => string,
): Promise<ArchivesToFill> {
  const files: FileToFill[] = [];
  const places = new Map<Digest, BlobTarget>();
  const close = async (): Promise<void> => void (await Promise.all(files.map(({ file }) => file.close())));
  try {
    for (const archive of archives) {
      const file = await openToChange(inPrivateFolder(pathOf(archive.name)));
      files.push({ archive, file });
      await file.truncate(archive.bytes);
      await writeStructure(file, archive.entries);
      for (const entry of blobsIn(archive)) places.set(entry.digest, placeOf(file, entry));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    files,
    blob: (digest) => {
      const place = places.get(digest);
      if (place === undefined) throw impossible(`${digest} was not laid out`);
      return place;
    },
    sync: async () => void (await Promise.all(files.map(({ file }) => file.sync()))),
    close,
  };
}

function placeOf(file: FileHandle, { name, offset, bytes }: PlannedEntry): BlobTarget {
  const within = (end: number): void => {
    if (end > bytes) throw impossible(`${end} bytes of ${name}, which has ${bytes}`);
  };
  return {
    write: (position, pieces) => {
      within(pieces.reduce((end, { length }) => end + length, position));
      return writeAllFully(file, pieces, offset + position);
    },
    read: (position, into) => {
      within(position);
      return readFully(file, into.subarray(0, bytes - position), offset + position);
    },
  };
}

async function writeStructure(file: FileHandle, entries: readonly PlannedEntry[]): Promise<void> {
  let pieces: Buffer[] = [];
  let start = 0;
  let end = 0;
  const flush = async (): Promise<void> => {
    if (pieces.length > 0) await writeFully(file, Buffer.concat(pieces), start);
    pieces = [];
  };
  for (const entry of entries) {
    if (entry.headerOffset !== end || end - start > structurePieceBytes) {
      await flush();
      start = entry.headerOffset;
    }
    pieces.push(encodeHeader(entry));
    end = entry.offset;
    if (entry.kind === 'link') {
      const body = Buffer.alloc(paddedBytes(entry.bytes));
      body.write(entry.digest, 'latin1');
      pieces.push(body);
      end += body.length;
    }
    if (entry.kind === 'file') await writeFile(file, entry);
  }
  await flush();
}

async function writeFile(
  file: FileHandle,
  { name, offset, bytes, pieces }: Extract<PlannedEntry, { readonly kind: 'file' }>,
): Promise<void> {
  let seen = 0;
  for await (const piece of pieces()) {
    if (seen + piece.length > bytes) throw impossible(`${name} has more than ${bytes} bytes`);
    await writeFully(file, piece, offset + seen);
    seen += piece.length;
  }
  if (seen !== bytes) throw impossible(`${name} has ${seen} bytes instead of ${bytes}`);
}
