/**
 * Checks that the content of a data directory is its operator's own. Archives, staged work and the lock are trusted, so
 * nobody else may write there: neither the author of a pull request nor another account of the machine.
 */
import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { makeFolder } from '../system/change-folder';
import { systemErrorCode } from '../system/errors';
import { isThere } from '../system/files';
import { fileTrouble } from '../system/system-errors';
import type { DataDirectory, DataDirectorySource } from './data-directory';
import { inData } from './data-directory';
import { dataDirectoryInWorkTree, dataDirectoryOfOthers, dataDirectoryRelative } from './errors';
import type { MirrorSettings } from './settings';

/** The parts whose content is trusted, or that lead there. */
const ownFolders = ['store', 'frames', 'stage', 'reissue', 'engines', 'signing'];

/**
 * @throws SEQ0173 for one that the repository can reach, SEQ0174 for one that somebody else owns or can write to, unless
 *   the environment says that this is intended
 */
export async function guardDataDirectory(
  { root, from, isShared }: DataDirectory & { readonly from: DataDirectorySource },
  { dataDir, workspaceRoot }: Pick<MirrorSettings, 'dataDir'> & { readonly workspaceRoot: string },
): Promise<void> {
  if (from === 'dataDir' && dataDir !== undefined && !isAbsolute(dataDir)) throw dataDirectoryRelative({ dataDir });
  const workTree = await workTreeAround(root, workspaceRoot);
  if (workTree !== undefined) throw dataDirectoryInWorkTree({ root, workTree });
  const found = await orUndefined(root, stat(root));
  if (found === undefined) return;
  refuseOthers(root, { at: root, found, isShared });
  // Nobody else gets through a folder that only its owner may enter.
  const isClosed = (found.mode & 0o011) === 0;
  for (const path of ownFolders.map((name) => join(root, name))) {
    const folder = await orUndefined(path, lstat(path));
    if (folder === undefined) continue;
    if (!folder.isDirectory())
      throw dataDirectoryOfOthers({ root, path, what: 'is not a folder, or is a link to a folder' });
    if (!isClosed) refuseOthers(root, { at: path, found: folder, isShared });
  }
}

/** Makes it if it is missing: for this account alone, unless it is shared. */
export async function makeDataDirectory(data: DataDirectory): Promise<void> {
  if (!(await isThere(data.root))) await makeFolder(inData(data, data.root));
}

function refuseOthers(
  root: string,
  facts: { at: string; found: { readonly uid: number; readonly mode: number }; isShared: boolean },
): void {
  const { at: path, found, isShared } = facts;
  const own = process.geteuid?.();
  if (isShared || own === undefined) return;
  // What root owns is as safe as our own: root could change ours too.
  if (found.uid !== own && found.uid !== 0) {
    throw dataDirectoryOfOthers({
      root,
      path,
      what: `belongs to another account (uid ${found.uid}; your uid is ${own})`,
    });
  }
  if ((found.mode & 0o022) !== 0) {
    const what = `can be written by other accounts than its owner (mode ${(found.mode & 0o7777).toString(8).padStart(4, '0')})`;
    throw dataDirectoryOfOthers({ root, path, what, canBeClosed: true });
  }
}

/** The top of the work tree that a path lies in: a folder with `.git` in it, or the workspace. Links are followed first. */
async function workTreeAround(path: string, workspaceRoot: string): Promise<string | undefined> {
  const real = await realPathOf(path);
  const workspace = await realPathOf(workspaceRoot);
  if (isWithin(workspace, real)) return workspaceRoot;
  for (let folder = real; ; folder = dirname(folder)) {
    if (await isThere(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below === '' || !(below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below));
}

/** The real path. For what doesn't exist yet: that of the nearest existing folder above, and the rest. */
async function realPathOf(path: string): Promise<string> {
  const real = await orUndefined(path, realpath(path));
  if (real !== undefined || path === dirname(path)) return real ?? path;
  return join(await realPathOf(dirname(path)), relative(dirname(path), path));
}

async function orUndefined<T>(path: string, found: Promise<T>): Promise<T | undefined> {
  return found.catch((error) => {
    const reason = systemErrorCode(error) ?? 'unknown reason';
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return undefined;
    throw fileTrouble({ path, verb: 'read', reason, cause: error });
  });
}
