/** Makes, moves, links and removes files and folders below a root. No link on the way is followed. */
import { chmod, constants, copyFile as copy, cp, link, mkdir, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from './errors';
import { modesOf } from './modes';
import type { PathBelow } from './path-below';
import { ensureNoLinkBelow, entryAt, folderOf, partsOf, targetAt } from './path-below';
import { translated } from './regular-file';
import { syncFile } from './sync';
import { pathThroughLink } from './system-errors';

/** Makes a folder and those above it, with the modes of its root. @throws SEQ0708 if one of them is a link */
export async function makeFolder({ root, path }: PathBelow): Promise<void> {
  const { folder: mode, areSet } = modesOf(root);
  if (targetAt(root.path)?.isDirectory() !== true) {
    await makeWithThoseAbove(root.path, mode).catch((error) => {
      throw translated(error, root.path, 'written');
    });
    if (areSet) await setMode(root.path, mode);
  }
  let at = root.path;
  for (const part of partsOf(root.path, path) ?? []) {
    at = join(at, part);
    if (isOwnFolder(at)) continue;
    try {
      await mkdir(at, { mode });
      if (areSet) await setMode(at, mode);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST' || !isOwnFolder(at)) throw translated(error, at, 'written');
    }
  }
}

/** As `mkdir -p`. Node's own `recursive` never ends where a folder cannot be made and the system says ENOENT, as in /proc. */
async function makeWithThoseAbove(path: string, mode: number): Promise<void> {
  const missing = [path];
  for (let at = dirname(path); targetAt(at) === undefined; at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    await mkdir(folder, { mode }).catch((error) => {
      if (targetAt(folder)?.isDirectory() !== true) throw error;
    });
  }
}

/** Whether there is a folder. @throws SEQ0708 for a link to one */
function isOwnFolder(path: string): boolean {
  const found = entryAt(path);
  if (found?.isSymbolicLink() === true) throw pathThroughLink({ link: path });
  return found?.isDirectory() === true;
}

/** An empty folder: what was in it before is removed. */
export async function makeEmptyFolder(folder: PathBelow): Promise<void> {
  await removeTree(folder);
  await makeFolder(folder);
}

/** Removes a file, or a link itself. It may be missing. */
export async function removeFile(file: PathBelow): Promise<void> {
  ensureNoLinkBelow(file);
  await removeAt(file.path, {});
}

/** Removes a folder with all that is in it, or a link itself. It may be missing. */
export async function removeTree(folder: PathBelow): Promise<void> {
  ensureNoLinkBelow(folder);
  await removeAt(folder.path, { recursive: true });
}

async function removeAt(path: string, options: { readonly recursive?: boolean }): Promise<void> {
  await rm(path, { ...options, force: true }).catch((error) => {
    // Below a file there is nothing either.
    if (systemErrorCode(error) !== 'ENOTDIR') throw translated(error, path, 'written');
  });
}

/** Removes an empty folder. One that holds something stays, since it is somebody's. */
export async function removeIfEmpty(folder: PathBelow): Promise<void> {
  ensureNoLinkBelow(folder);
  await rmdir(folder.path).catch((error) => {
    if (!['ENOTEMPTY', 'ENOENT', 'EEXIST', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
  });
}

/** Gives a file or folder another name, and replaces a file that has it. */
export async function move(from: PathBelow, to: PathBelow): Promise<void> {
  ensureNoLinkBelow(from);
  ensureNoLinkBelow(to);
  await rename(from.path, to.path);
}

/**
 * Gives a file a second name, which must be free.
 *
 * @param file may be anywhere; if its last part is a link, that link gets the name
 */
export async function linkFile(file: string, to: PathBelow): Promise<void> {
  await makeFolder(folderOf(to));
  await link(file, to.path);
}

/** A copy with its own bytes, safely on disk when this returns, under a free name. */
export async function copyFile(file: string, to: PathBelow): Promise<void> {
  await makeFolder(folderOf(to));
  await copy(file, to.path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await setMode(to.path, modesOf(to.root).file);
  await syncFile(to.path);
}

/** Copies a folder with everything in it, links as links, times kept, to a free name. */
export async function copyTree(folder: string, to: PathBelow): Promise<void> {
  await makeFolder(folderOf(to));
  await cp(folder, to.path, { recursive: true, preserveTimestamps: true, errorOnExist: true, force: false });
}

/** A symbolic link, for archives that are on another disk. */
export async function linkSymbolically(target: string, to: PathBelow): Promise<void> {
  await makeFolder(folderOf(to));
  await symlink(target, to.path);
}

/** Makes an archive read-only for everybody. @throws SEQ0708 when it is a link */
export async function makeReadOnly(file: PathBelow): Promise<void> {
  ensureNoLinkBelow(file);
  if (entryAt(file.path)?.isSymbolicLink() === true) throw pathThroughLink({ link: file.path });
  await chmod(file.path, 0o444);
}

// FAT and exFAT have no modes, and refuse.
async function setMode(path: string, mode: number): Promise<void> {
  await chmod(path, mode).catch((error) => {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(systemErrorCode(error) ?? '')) throw error;
  });
}
