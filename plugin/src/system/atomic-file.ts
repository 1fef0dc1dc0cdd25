/**
 * The only writer of files. Everything is written under a random name, exclusively and without following links, so that
 * a planted name is never written through, whatever it leads to. Modes are set, not inherited.
 */
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { constants, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './change-folder';
import { systemErrorCode } from './errors';
import { namesNow } from './files';
import { modesOf } from './modes';
import type { PathBelow } from './path-below';
import { ensureNoLinkBelow, entryAt, folderOf } from './path-below';
import { requireRegular, translated } from './regular-file';
import { sha256Of } from './sha256';
import { syncFolder } from './sync';
import { notRegularFile } from './system-errors';

export interface FileKind {
  /** Whether it is a program. */
  readonly executable?: boolean | undefined;
}

/**
 * Replaces a file so that every reader, also after a crash, finds either the old text or the new: written under a
 * temporary name in the same folder, fsynced, renamed, folder fsynced. Makes the folder if it is missing.
 *
 * One writer at a time per file: the next one removes what a killed one left behind, so that nothing piles up.
 *
 * @throws SEQ0708 when a folder on the way is a link
 */
export function writeFileAtomically(file: PathBelow, content: string | Uint8Array, kind?: FileKind): Promise<void> {
  return fillFileAtomically(file, (handle) => handle.writeFile(content), kind);
}

/** The same for content in pieces, which `fill` writes. If it fails, nothing is left. */
export async function fillFileAtomically<T>(
  file: PathBelow,
  fill: (handle: FileHandle) => Promise<T>,
  kind: FileKind = {},
): Promise<T> {
  const folder = folderOf(file);
  await makeFolder(folder);
  await sweepLeftOver(folder, (name) => isAsideOf(basename(file.path), name));
  const aside = asideOf(file);
  let result: T;
  try {
    const handle = await openNew(aside, kind);
    try {
      result = await fill(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside.path, file.path);
  } catch (error) {
    await rm(aside.path, { force: true });
    throw error;
  }
  await syncFolder(folder.path);
  return result;
}

/** A temporary name beside a file, under which it is made, or another name of it. Nobody can have planted it. */
export function asideOf({ root, path }: PathBelow): PathBelow {
  return { root, path: join(dirname(path), `${asidePrefix(basename(path))}${randomBytes(8).toString('hex')}.tmp`) };
}

// Without `.tar` in it: oc-mirror would take a half-written file for an archive. Cut, since names end at 255 bytes.
function asidePrefix(name: string): string {
  const shown = name.replaceAll('.tar', '_tar');
  const short = shown.length <= 100 ? shown : sha256Of(name).slice(0, 32);
  return `.${short}.`;
}

/** Whether a killed writer of a file left this name, of this version or an earlier one. */
function isAsideOf(name: string, found: string): boolean {
  if (found === `.${name}.tmp`) return true;
  const prefix = asidePrefix(name);
  return found.startsWith(prefix) && /^[0-9a-f]{16}\.tmp$/.test(found.slice(prefix.length));
}

/** Whether only a killed writer can have left this name. */
export function isLeftOver(name: string): boolean {
  return /^\..+\.[0-9a-f]{16}\.tmp$/.test(name);
}

/** Removes what killed writers left in a folder: only links and files themselves, not what links lead to. */
export async function sweepLeftOver(folder: PathBelow, isLeft: (name: string) => boolean = isLeftOver): Promise<void> {
  for (const name of namesNow(folder.path).filter(isLeft)) {
    const path = join(folder.path, name);
    if (entryAt(path)?.isDirectory() === false) await rm(path, { force: true });
  }
}

/** A new file, in place of anything with its name: for content that counts only when it is whole. */
export async function createFile(file: PathBelow, kind: FileKind = {}): Promise<FileHandle> {
  await makeFolder(folderOf(file));
  const found = entryAt(file.path);
  // A device or a pipe belongs to somebody.
  if (found?.isFile() === false && !found.isSymbolicLink())
    throw notRegularFile({
      path: file.path,
      kind: found.isDirectory() ? 'a folder' : 'a pipe, a device or another special file',
    });
  if (found !== undefined) await rm(file.path, { force: true });
  return openNew(file, kind);
}

/** A file to continue, made if it is missing. @throws SEQ0708 for a link, SEQ0709 if it is not a file */
export async function openToChange(file: PathBelow): Promise<FileHandle> {
  ensureNoLinkBelow(file);
  const found = await openThere(file, constants.O_RDWR);
  return found ?? createFile(file);
}

/** A file to append lines to, made if it is missing. @throws SEQ0708 for a link, SEQ0709 if it is not a file */
export async function openToAppend(file: PathBelow): Promise<FileHandle> {
  ensureNoLinkBelow(file);
  const found = await openThere(file, constants.O_WRONLY | constants.O_APPEND);
  return found ?? createFile(file);
}

async function openThere({ path }: PathBelow, flags: number): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return await requireRegular(handle, path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw translated(error, path, 'written');
  }
}

async function openNew({ root, path }: PathBelow, { executable = false }: FileKind): Promise<FileHandle> {
  const modes = modesOf(root);
  const mode = executable ? modes.program : modes.file;
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(path, flags, mode);
  if (!modes.areSet) return handle;
  // The mode without the umask. FAT and exFAT have no modes, and refuse.
  await handle.chmod(mode).catch((error) => {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(systemErrorCode(error) ?? '')) throw error;
  });
  return handle;
}
