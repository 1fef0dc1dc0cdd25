/** What lies at a path, and what is in a folder. */
import type { Dirent } from 'node:fs';
import { readdirSync } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { systemErrorCode } from './errors';
import { fileTrouble } from './system-errors';

/**
 * Whether anything has this name, be it a link that leads nowhere.
 *
 * @throws SEQ0702 when that cannot be found out
 */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    throwUnlessAbsent(path, error);
    return false;
  }
}

/** Whether it is a file, or a link to one. Never throws: what cannot be looked at is no file. */
export async function isFile(path: string): Promise<boolean> {
  return (await bytesOfFile(path)) !== undefined;
}

/** The bytes of a file, links followed. `undefined` when it is no file, or cannot be looked at. */
export async function bytesOfFile(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
}

/** Whether it is a folder, or a link to one. Never throws: what cannot be looked at is no folder. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Names in a folder, in no order. None where there is no folder: nothing, or a file.
 *
 * @throws SEQ0702 for a folder that cannot be read, which must not look empty
 */
export async function namesIn(folder: string): Promise<string[]> {
  return (await entriesIn(folder)).map(({ name }) => name);
}

/** As `namesIn`, without waiting: for a folder that is looked at each time something is written there. */
export function namesNow(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throwUnlessAbsent(folder, error);
    return [];
  }
}

/**
 * As `namesIn`, with what each is; `recursive`: all that lies below, each with its `parentPath`.
 *
 * @throws SEQ0702 for a folder that cannot be read
 */
export async function entriesIn(folder: string, { recursive = false } = {}): Promise<Dirent[]> {
  try {
    return await readdir(folder, { recursive, withFileTypes: true });
  } catch (error) {
    throwUnlessAbsent(folder, error);
    return [];
  }
}

function throwUnlessAbsent(path: string, error: unknown): void {
  const reason = systemErrorCode(error) ?? 'unknown reason';
  if (reason === 'ENOENT' || reason === 'ENOTDIR') return;
  throw fileTrouble({ path, verb: 'read', reason, cause: error });
}
