/** Moves archives to a folder outside the mirror: another disk, a mounted share. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hashFromMedium } from '../../archive/hashing/hashing';
import { storeFolder } from '../../mirror/data-directory';
import type { Mirror } from '../../mirror/mirror';
import type { Run } from '../../mirror/run';
import { oneLine } from '../../sequence/one-line';
import { freeBytes } from '../../system/disk';
import { isSeqmirrorError, systemErrorCode } from '../../system/errors';
import { bytesOfFile, isFolder } from '../../system/files';
import type { PathBelow } from '../../system/path-below';
import { below, ensureNoLinkBelow, entryAt, partsOf, readableRoot, targetAt } from '../../system/path-below';
import { syncFile, syncFolder } from '../../system/sync';
import { copyArchive } from '../archive-copy';
import { copyFailed, copyNeedsSpace, retiredArchiveDamaged, retiredFolderRefused } from '../errors';
import type { PreparedPrune, SequenceHere } from './prune-plan';

/**
 * The folder that archives are moved to, with every link resolved.
 *
 * @param folder absolute, or from the top of the workspace
 * @throws SEQ0261 unless it exists and lies outside of everything that prune or Git may delete
 */
export async function retiredFolder(mirror: Mirror, folder: string): Promise<string> {
  const refuse = (why: string, next: string): Error => retiredFolderRefused({ folder, why, next });
  const path = resolve(mirror.workspaceRoot, folder);
  if (folder.trim() === '' || !(await isFolder(path)))
    throw refuse(
      'This path is not a folder',
      'Mount the disk, or make the folder. prune does not make the folder, because the disk may not be mounted',
    );
  const real = await realpath(path);
  if (!oneLine(200).safeParse(real).success)
    throw refuse('custody.yaml records at most 200 characters on one line', 'Give a folder with a shorter, plain name');
  for (const taken of [mirror.workspaceRoot, mirror.data.root]) {
    const root = await realpath(taken).catch(() => taken);
    if (partsOf(root, real) === undefined) continue;
    const why = `This folder is in ${root}, which the archives are moved out of`;
    throw refuse(why, 'Give a folder on another disk, outside the workspace and the data directory');
  }
  return real;
}

/** @throws SEQ0263 if the folder has too little space for what is not there yet */
export async function freeFor(mirror: Mirror, { plan, sequences }: PreparedPrune): Promise<void> {
  const { to } = plan;
  if (to === undefined) return;
  let needed = 0;
  for (const { number } of plan.retired) {
    const sequence = sequences[number - 1] as SequenceHere;
    for (const { recorded } of sequence.archives)
      if ((await bytesOfFile(placeOf(mirror, sequence, { to, name: recorded.name }).path)) === undefined)
        needed += recorded.bytes;
  }
  const free = await freeBytes(to);
  if (needed > free) throw copyNeedsSpace({ folder: to, needed, free });
}

/**
 * Copies every archive of a sequence into a folder of its own there, or finds that it is there already. Deletes nothing.
 *
 * @throws SEQ0261 for files in the way, SEQ0262 for archives that are not what was sealed, SEQ0263 for a full disk
 */
export async function moveOut(
  mirror: Mirror,
  sequence: SequenceHere,
  { to, progress, signal }: Pick<Run, 'progress' | 'signal'> & { readonly to: string },
): Promise<void> {
  const { entry, archives } = sequence;
  for (const { name, file, recorded } of archives) {
    const place = placeOf(mirror, sequence, { to, name });
    const damaged = (why: string): Error =>
      retiredArchiveDamaged({ mirror: mirror.name, number: entry.number, folder: entry.folder, archive: name, why });
    ensureNoLinkBelow(place);
    if (entryAt(place.path) !== undefined) {
      // An earlier run may have been stopped by a power cut before its copy was safe.
      await requireSameCopy(place, { file: file?.path, sha256: recorded.sha256, progress, signal });
      continue;
    }
    if (file === undefined) throw damaged('the archive is missing');
    try {
      if (!(await copyArchive(file.path, place, { recorded, progress, signal })))
        throw damaged('the sha256 differs from the recorded sha256');
    } catch (error) {
      const reason = systemErrorCode(error);
      if (isSeqmirrorError(error) || reason === undefined) throw error;
      throw copyFailed({ folder: to, reason, next: adviceFor(reason), cause: error });
    }
  }
  await syncFolder(to);
}

/** `<to>/seq1-baseline.2d711642b726/mirror_000001.tar`: as in the store, where reissue and restore look for it. */
function placeOf(
  { data }: Mirror,
  { entry }: SequenceHere,
  { to, name }: { readonly to: string; readonly name: string },
): PathBelow {
  return below(readableRoot(to), join(to, basename(storeFolder(data, entry.folder, entry.seal)), name));
}

/** A file that is there is the archive, with bytes of its own, or nothing is done. */
async function requireSameCopy(
  { path }: PathBelow,
  { file, sha256, ...run }: { file: string | undefined; sha256: string } & Pick<Run, 'progress' | 'signal'>,
): Promise<void> {
  const refuse = (why: string, next: string): Error => retiredFolderRefused({ folder: path, why, next });
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
