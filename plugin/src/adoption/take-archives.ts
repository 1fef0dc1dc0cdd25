/** Brings archives into a stage, and makes sure that they are what was verified. Their old place is left as it is. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ForeignArchive } from '../foreign/foreign-set';
import { isSameFile } from '../foreign/source-folders';
import type { Run } from '../mirror/run';
import { createFile } from '../system/atomic-file';
import { makeEmptyFolder, linkFile } from '../system/change-folder';
import { systemErrorCode } from '../system/errors';
import type { PathBelow } from '../system/path-below';
import { below } from '../system/path-below';
import { streamRegular } from '../system/regular-file';
import { syncFolder, syncFile } from '../system/sync';
import { changedSinceVerified, otherFileSystem } from './errors';
import type { TakeMode } from './plan-adoption';

export interface TakeArchives extends Pick<Run, 'signal' | 'progress'> {
  /** The stage's folder for archives; what a killed run left in it is removed. */
  readonly to: PathBelow;
  readonly taking: TakeMode;
  /** Where an archive lies now. */
  readonly pathOf: (archive: ForeignArchive) => string;
  /** The data directory, and the bytes that would have to be copied, for messages. */
  readonly data: string;
  readonly totalText: string;
}

/** @throws SEQ0252 where a link cannot reach, SEQ0253 when a file is no longer what was verified */
export async function takeArchives(archives: readonly ForeignArchive[], options: TakeArchives): Promise<void> {
  const { to, signal } = options;
  await makeEmptyFolder(to);
  for (const archive of archives) {
    signal.throwIfAborted();
    await takeArchive(archive, options);
    await syncFile(join(to.path, archive.file.name));
  }
  await syncFolder(to.path);
}

async function takeArchive(archive: ForeignArchive, options: TakeArchives): Promise<void> {
  const { to, taking, pathOf, data, totalText } = options;
  const path = pathOf(archive);
  const staged = below(to.root, to.path, archive.file.name);
  if (taking !== 'copy') {
    try {
      await linkFile(path, staged);
    } catch (error) {
      if (systemErrorCode(error) !== 'EXDEV') throw error;
      if (taking === 'link') throw otherFileSystem({ file: path, data, totalText });
      return copyArchive(archive, options);
    }
    // link(2) does not follow symbolic links, so a file that was replaced since is noticed here.
    if (!(await isSameFile(staged.path, archive.file))) throw changedSinceVerified({ file: path });
    return;
  }
  await copyArchive(archive, options);
}

async function copyArchive(archive: ForeignArchive, { to, pathOf, signal, progress }: TakeArchives): Promise<void> {
  const path = pathOf(archive);
  if (!(await isSameFile(path, archive.file))) throw changedSinceVerified({ file: path });
  const hash = createHash('sha256');
  const staged = await createFile(below(to.root, to.path, archive.file.name));
  await pipeline(
    streamRegular(path, { highWaterMark: 1024 * 1024 }),
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hash.update(piece);
        progress.advance(piece.length);
        yield piece;
      }
    },
    staged.createWriteStream(),
    { signal },
  );
  if (hash.digest('hex') !== archive.sha256) throw changedSinceVerified({ file: path });
}
