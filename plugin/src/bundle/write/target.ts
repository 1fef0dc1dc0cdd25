/** Where a volume is written to: a folder, or one tar stream. Files arrive whole, one behind the other. */
import { chmod, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Sink } from '../../archive/hashing/hashing';
import { writeFully } from '../../archive/positional-io';
import { encodeHeader, paddedBytes, trailerBytes } from '../../archive/tar-header';
import type { WrittenFile } from '../../archive/write-archive';
import { syncFolder } from '../../system/atomic-file';
import { impossible, systemErrorCode } from '../../system/errors';

export interface NewFile {
  /** From the volume's top. */
  readonly path: string;
  readonly bytes: number;
  readonly executable?: boolean | undefined;
}

export interface BundleTarget {
  /** Writes a file by what `fill` hands to the sink. Nothing of it is there when that fails. */
  put(file: NewFile, fill: (sink: Sink) => Promise<WrittenFile>): Promise<WrittenFile>;
  /** Another name for a file that is there; `false` where that cannot be. */
  link(file: NewFile, from: string): Promise<boolean>;
  /** What was written so far is on disk for good when this returns. */
  settle(): Promise<void>;
  /** Ends it. */
  finish(): Promise<void>;
}

/** A folder. Each file is written aside, fsynced and renamed, so that a name means a whole file. */
export function folderTarget(root: string): BundleTarget {
  const folders = new Set<string>();
  const folderOf = async (path: string): Promise<string> => {
    const folder = dirname(join(root, path));
    if (!folders.has(folder)) await mkdir(folder, { recursive: true });
    folders.add(folder);
    return folder;
  };
  return {
    put: async ({ path, bytes, executable }, fill) => {
      await folderOf(path);
      const to = join(root, path);
      // Without `.tar` in it: oc-mirror would take a half-written one for an archive.
      const aside = join(dirname(to), '.seqmirror-writing');
      try {
        const file = await open(aside, 'w', 0o644);
        let written: WrittenFile;
        try {
          written = await fill((piece, position) => writeFully(file, piece, position));
          if (written.bytes !== bytes) throw impossible(`${path} has ${written.bytes} bytes instead of ${bytes}`);
          await file.sync();
        } finally {
          await file.close();
        }
        // FAT and exFAT have no such bit, and refuse.
        if (executable === true) await chmod(aside, 0o755).catch(() => undefined);
        await rename(aside, to);
        return written;
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },
    link: async ({ path }, from) => {
      await folderOf(path);
      const to = join(root, path);
      await rm(to, { force: true });
      try {
        await link(from, to);
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
    for (const folder of [...folders].sort().reverse()) await syncFolder(folder).catch(ignoreUnsupported);
    await syncFolder(root).catch(ignoreUnsupported);
  }
}

// Some file systems know no fsync of folders.
function ignoreUnsupported(error: unknown): void {
  if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(systemErrorCode(error) ?? '')) throw error;
}

/** A tar stream, uncompressed: what is in the archives is compressed already. Everything lies below `folder`. */
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
