/** A folder outside the mirror with copies of archives: another disk, a mounted share. */
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hashFromMedium } from '../../archive/hashing/hashing';
import type { Mirror } from '../../mirror/mirror';
import { oneLine } from '../../sequence/one-line';
import { freeBytes } from '../../system/disk';
import { isSeqmirrorError, systemErrorCode } from '../../system/errors';
import { bytesOfFile, isFolder } from '../../system/files';
import { below, ensureNoLinkBelow, entryAt, partsOf, readableRoot, targetAt } from '../../system/path-below';
import { syncFile, syncFolder } from '../../system/sync';
import { copyFailed, placeRefused } from '../errors';
import type { CopyRun } from './archive-copy';
import { copyArchive } from './archive-copy';
import type { CopyPlace } from './copy-place';

/**
 * The folder that archives are copied to, with every link resolved.
 *
 * @param folder absolute, or from the top of the workspace
 * @throws SEQ0261 unless it exists and lies outside of everything that prune or Git may delete
 */
export async function folderForCopies(mirror: Mirror, folder: string): Promise<string> {
  const refuse = (why: string, next: string): Error => placeRefused({ place: folder, why, next });
  const path = resolve(mirror.workspaceRoot, folder);
  if (folder.trim() === '' || !(await isFolder(path)))
    throw refuse(
      'This path is not a folder',
      'Mount the disk, or make the folder. seqmirror does not make the folder, because the disk may not be mounted',
    );
  const real = await realpath(path);
  if (!oneLine(200).safeParse(real).success)
    throw refuse(
      'custody.yaml can record only a path of at most 200 characters on one line',
      'Give a folder with a shorter, plain name',
    );
  for (const taken of [mirror.workspaceRoot, mirror.data.root]) {
    const root = await realpath(taken).catch(() => taken);
    if (partsOf(root, real) === undefined) continue;
    const why = `This folder is in ${root}, which the archives are copied from`;
    throw refuse(why, 'Give a folder on another disk, outside the workspace and the data directory');
  }
  return real;
}

/** @param folder an absolute path */
export function openFolderPlace(folder: string): CopyPlace {
  const placeOf = (path: string) => below(readableRoot(folder), join(folder, path));
  return {
    where: folder,
    look: async (path) => {
      const bytes = await bytesOfFile(join(folder, path));
      return bytes === undefined ? undefined : { bytes };
    },
    sha256Of: async (path, run) => (await hashFromMedium(join(folder, path), run))?.sha256,
    put: async (path, { file, recorded }, run) => {
      const place = placeOf(path);
      ensureNoLinkBelow(place);
      if (entryAt(place.path) !== undefined) {
        // An earlier run may have been stopped by a power cut before its copy was safe.
        await requireSameCopy(place.path, { file, sha256: recorded.sha256, ...run });
        return 'there';
      }
      if (file === undefined) return 'missing';
      try {
        if (!(await copyArchive(file, place, { ...run, recorded }))) return 'not what was sealed';
        await syncFolder(folder);
        return 'copied';
      } catch (error) {
        const reason = systemErrorCode(error);
        if (isSeqmirrorError(error) || reason === undefined) throw error;
        throw copyFailed({ place: folder, reason, next: adviceFor(reason), cause: error });
      }
    },
    fetch: (path, to, run) => copyArchive(join(folder, path), to, run),
    freeBytes: () => freeBytes(folder),
    close: () => Promise.resolve(),
  };
}

/** A file that is there is the archive, with bytes of its own, or nothing is done. */
async function requireSameCopy(
  path: string,
  { file, sha256, ...run }: CopyRun & { readonly file: string | undefined; readonly sha256: string },
): Promise<void> {
  const refuse = (why: string, next: string): Error => placeRefused({ place: path, why, next });
  if (entryAt(path)?.isFile() !== true)
    throw refuse('The path is not a file', 'Look at the path, and move the files there to another folder');
  const [there, own] = [targetAt(path), file === undefined ? undefined : targetAt(file)];
  if (own !== undefined && there?.dev === own.dev && there.ino === own.ino)
    throw refuse('This file is a hard link to the archive in the store', 'Give a folder on another disk');
  if ((await hashFromMedium(path, run))?.sha256 !== sha256)
    throw refuse(
      'This file exists, but it is not the archive that was sealed',
      'Look at the file, and move it to another folder',
    );
  await syncFile(path);
  await syncFolder(dirname(path));
}

function adviceFor(reason: string): string {
  if (reason === 'EFBIG') return 'Give a folder on another file system: on FAT, a file cannot be larger than 4 GiB';
  if (reason === 'ENOSPC' || reason === 'EDQUOT') return 'Free space there, and run the same command again';
  return 'Look at its permissions and its disk, and run the same command again';
}
