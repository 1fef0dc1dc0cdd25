/** Fills archive files that were laid out before. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Digest } from '../oci/digest';
import { impossible } from '../system/errors';
import type { ArchiveVolume, LaidOutEntry } from './layout';
import { readFully, writeAllFully, writeFully } from './positional-io';
import { encodeHeader, paddedBytes } from './tar-header';

/** A volume that is being filled. Blobs may be written in any order, in pieces, and several at a time. */
export interface OpenVolume {
  /** Writes consecutive pieces of a blob at their place; `position` counts from the blob's start. */
  writeBlob(digest: Digest, position: number, pieces: readonly Uint8Array[]): Promise<void>;
  /** Reads back a piece of a blob: fewer bytes than asked for only at the blob's end. */
  readBlob(digest: Digest, position: number, into: Buffer): Promise<number>;
  /** Returns when all that was written would survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

// Headers and links between two blobs are written in one go, a hundred thousand links in pieces of this many bytes.
const structurePieceBytes = 1024 * 1024;

/**
 * Opens a volume's file, new or filled in part, gives it its final length and writes everything but the blobs: headers
 * and links. Padding and the end mark are the zeros that a longer file has of itself.
 */
export async function openVolume(path: string, volume: ArchiveVolume): Promise<OpenVolume> {
  const file = await openFile(path);
  try {
    await file.truncate(volume.bytes);
    await writeStructure(file, volume.entries);
  } catch (error) {
    await file.close();
    throw error;
  }
  const blobs = new Map(volume.entries.filter(({ kind }) => kind === 'blob').map((entry) => [entry.digest, entry]));
  const placeOf = (digest: Digest, position: number, bytes: number): number => {
    const entry = blobs.get(digest);
    if (entry === undefined) throw impossible(`${digest} is not in ${volume.name}`);
    if (position + bytes > entry.bytes)
      throw impossible(`${position + bytes} bytes of ${digest}, which has ${entry.bytes}`);
    return entry.offset + position;
  };
  return {
    writeBlob: (digest, position, pieces) => {
      const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
      return writeAllFully(file, pieces, placeOf(digest, position, bytes));
    },
    readBlob: (digest, position, into) => {
      const bytes = Math.min(into.length, (blobs.get(digest)?.bytes ?? 0) - position);
      return readFully(file, into.subarray(0, bytes), placeOf(digest, position, bytes));
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return open(path, 'wx+', 0o644);
  }
}

async function writeStructure(file: FileHandle, entries: readonly LaidOutEntry[]): Promise<void> {
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
  }
  await flush();
}
