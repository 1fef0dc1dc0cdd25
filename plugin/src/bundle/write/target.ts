/** Where a volume is written: a folder, or one tar stream. Files are written whole, one after the other. */
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import type { Sink } from '../../archive/hashing/hashing';
import { writeFully } from '../../archive/positional-io';
import { encodeHeader, paddedBytes, trailerBytes } from '../../archive/tar-header';
import type { WrittenFile } from '../../archive/write-archive';
import { fillFileAtomically } from '../../system/atomic-file';
import { removeFile, linkFile } from '../../system/change-folder';
import { impossible, systemErrorCode } from '../../system/errors';
import type { PathBelow } from '../../system/path-below';
import { below, readableRoot } from '../../system/path-below';
import { syncFolder } from '../../system/sync';

export interface NewFile {
  /** Relative to the volume's top. */
  readonly path: string;
  readonly bytes: number;
  readonly executable?: boolean | undefined;
}

export interface BundleTarget {
  /** Writes a file with what `fill` passes to the sink. If that fails, nothing of the file remains. */
  put(file: NewFile, fill: (sink: Sink) => Promise<WrittenFile>): Promise<WrittenFile>;
  /** Another name for an existing file; `false` if that is not possible. */
  link(file: NewFile, from: string): Promise<boolean>;
  /** What was written so far is safely on disk when this returns. */
  settle(): Promise<void>;
  /** Ends it. */
  finish(): Promise<void>;
}

/** A folder. Each file is written under a temporary name, fsynced and renamed, so that a file with its name is whole. */
export function folderTarget(root: string): BundleTarget {
  const medium = readableRoot(root);
  const folders = new Set<string>();
  const placeOf = (path: string): PathBelow => {
    const place = below(medium, path);
    folders.add(dirname(place.path));
    return place;
  };
  return {
    put: ({ path, bytes, executable }, fill) =>
      fillFileAtomically(
        placeOf(path),
        async (file) => {
          const written = await fill((piece, position) => writeFully(file, piece, position));
          if (written.bytes !== bytes) throw impossible(`${path} has ${written.bytes} bytes instead of ${bytes}`);
          return written;
        },
        { executable },
      ),
    link: async ({ path }, from) => {
      const place = placeOf(path);
      await removeFile(place);
      try {
        await linkFile(from, place);
        return true;
      } catch (error) {
        if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].includes(systemErrorCode(error) ?? '')) return false;
        throw error;
      }
    },
    settle,
    finish: settle,
  };
  async function settle(): Promise<void> {
    for (const folder of [...folders].sort().reverse()) await syncFolder(folder);
    await syncFolder(root);
  }
}

/** A tar stream, uncompressed, since the archives' content is compressed already. Everything is below `folder`. */
export function tarTarget(stream: Writable, folder: string): BundleTarget {
  const write = (piece: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  return {
    put: async ({ path, bytes, executable }, fill) => {
      await write(encodeHeader({ name: `${folder}/${path}`, bytes, executable }));
      const written = await fill(write);
      if (written.bytes !== bytes) throw impossible(`${path} has ${written.bytes} bytes instead of ${bytes}`);
      if (paddedBytes(bytes) > bytes) await write(Buffer.alloc(paddedBytes(bytes) - bytes));
      return written;
    },
    link: async () => false,
    settle: async () => undefined,
    finish: () => write(Buffer.alloc(trailerBytes)),
  };
}
