/** Brings archives and frames to their places for a sealed sequence, and gives archives their names in its folder. */
import { lstat, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isArchiveName } from '../../archive/names';
import type { Seal } from '../../sequence/seal';
import { asideOf, sweepLeftOver } from '../../system/atomic-file';
import {
  copyFile,
  linkFile,
  linkSymbolically,
  makeFolder,
  makeReadOnly,
  move,
  removeFile,
} from '../../system/change-folder';
import { systemErrorCode } from '../../system/errors';
import { namesIn } from '../../system/files';
import type { PathBelow } from '../../system/path-below';
import { folderOf, ensureNoLinkBelow } from '../../system/path-below';
import { syncFolder } from '../../system/sync';
import type { DataDirectory } from '../data-directory';
import { framesFolder, storeFolder, inData } from '../data-directory';
import { frameFileName } from '../frames';
import type { Mirror } from '../mirror';
import { sequencePath, inTree } from '../mirror';
import type { Commit } from './commit';

/** How archives are in the folder of a sequence. `absent`: some archives are not in the store of this machine. */
export type ArchiveAppearance = 'linked' | 'symlinked' | 'absent';

/** Archives in a folder, sorted by name; empty if the folder is missing. */
export async function archivesIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter(isArchiveName).sort();
}

/** Step 3. What a killed run has already moved stays where it is. */
export async function moveIn(mirror: Mirror, commit: Commit): Promise<void> {
  const { entry, archives, removed, archivesFrom, framesFrom } = commit;
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  const frames = framesFolder(mirror.data, entry.folder, entry.seal);
  const { data } = mirror;
  if (archivesFrom !== undefined) await moveFiles(data, join(data.root, archivesFrom), { to: store, names: archives });
  for (const name of archives.filter(among(await namesIn(store)))) await makeReadOnly(inData(data, join(store, name)));
  if (framesFrom !== undefined) {
    const from = join(mirror.data.root, framesFrom);
    await moveFiles(data, from, { to: frames, names: archives.map(frameFileName) });
  }
  for (const name of removed) {
    await removeFile(inData(data, join(store, name)));
    await removeFile(inData(data, join(frames, frameFileName(name))));
  }
}

/** Moves those of these files that are still there, each by rename. They are safely on disk when this returns. */
export async function moveFiles(
  data: DataDirectory,
  from: string,
  { to, names }: { readonly to: string; readonly names: readonly string[] },
): Promise<void> {
  const there = names.filter(among(await namesIn(from)));
  if (there.length === 0) return;
  await makeFolder(inData(data, to));
  for (const name of there) await move(inData(data, join(from, name)), inData(data, join(to, name)));
  await syncFolder(to);
  await syncFolder(dirname(to));
}

/** Step 4. */
export async function linkArchives(mirror: Mirror, commit: Commit): Promise<ArchiveAppearance> {
  const { entry, archives, removed } = commit;
  const folder = sequencePath(mirror, entry.folder);
  const stored = await namesIn(storeFolder(mirror.data, entry.folder, entry.seal));
  const appearance = await linkFromStore(mirror, { ...entry, archives: archives.filter(among(stored)) });
  for (const name of removed) await removeFile(inTree(mirror, join(folder, name)));
  return archives.length > 0 && archives.every(among(stored)) ? appearance : 'absent';
}

/** Makes archives of the store appear in a sequence's folder. Each replaces what has its name there. */
export async function linkFromStore(
  mirror: Mirror,
  { folder, seal, archives }: { folder: string; seal: Seal; archives: readonly string[] },
): Promise<'linked' | 'symlinked'> {
  const store = storeFolder(mirror.data, folder, seal);
  const content = sequencePath(mirror, folder);
  let appearance: 'linked' | 'symlinked' = 'linked';
  for (const name of archives) {
    if (
      (await putInPlace(inTree(mirror, join(content, name)), {
        of: join(store, name),
        elsewhere: linkSymbolically,
      })) === 'elsewhere'
    )
      appearance = 'symlinked';
  }
  return appearance;
}

/** Gives a file a name in the store too; from another disk it copies the bytes. What was there before is removed. */
export async function bringIntoStore(data: DataDirectory, path: string, to: string): Promise<void> {
  await putInPlace(inData(data, to), { of: path, elsewhere: copyFile });
  await makeReadOnly(inData(data, to));
}

/**
 * Makes a path another name of a file. It uses a temporary name first, so that the path always exists: it may be the
 * only name of an archive that was adopted in place.
 *
 * @param options.elsewhere what to do at the temporary name if a hard link is not possible
 */
async function putInPlace(
  place: PathBelow,
  { of: file, elsewhere }: { of: string; elsewhere: (from: string, aside: PathBelow) => Promise<void> },
): Promise<'linked' | 'elsewhere'> {
  const { path } = place;
  ensureNoLinkBelow(place);
  if (await isSameFile(file, path)) return (await lstat(path)).isSymbolicLink() ? 'elsewhere' : 'linked';
  const aside = asideOf(place);
  await makeFolder(folderOf(place));
  await sweepLeftOver(folderOf(place));
  let result: 'linked' | 'elsewhere' = 'linked';
  try {
    await linkFile(file, aside);
  } catch (error) {
    if (systemErrorCode(error) !== 'EXDEV') throw error;
    await elsewhere(file, aside);
    result = 'elsewhere';
  }
  await move(aside, place);
  await syncFolder(dirname(path));
  return result;
}

/** Whether both paths are names of one file, or one is a symbolic link to the other. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}

/** Removes the names `mirror_*.tar` from a sequence's folder. What they are links to stays in the store. */
export async function removeArchiveLinks(mirror: Mirror, folder: string): Promise<void> {
  const path = sequencePath(mirror, folder);
  for (const name of await archivesIn(path)) await removeFile(inTree(mirror, join(path, name)));
}

function among(names: readonly string[]): (name: string) => boolean {
  return (name) => names.includes(name);
}
