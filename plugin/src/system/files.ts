/** Tells what is at a path, and what is in a folder. */
import type { Dirent } from 'node:fs';
import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { systemErrorCode } from './errors';
import { entryAt, targetAt } from './path-below';
import { fileTrouble } from './system-errors';

/**
 * Whether anything has this name, even a broken link.
 *
 * @throws SEQ0702 if that cannot be found out
 */
export async function isThere(path: string): Promise<boolean> {
  return Promise.resolve(entryAt(path) !== undefined);
}

/** Whether it is a file, or a link to one. Never throws: `false` if it cannot be looked at. */
export async function isFile(path: string): Promise<boolean> {
  return (await bytesOfFile(path)) !== undefined;
}

/** The number of bytes in a file, links followed; `undefined` if it is not a file, or cannot be looked at. */
export async function bytesOfFile(path: string): Promise<number | undefined> {
  // Synchronous, as entryAt: hundreds of them are asked for at a time.
  const found = targetAt(path);
  return found?.isFile() === true ? found.size : undefined;
}

/** Whether it is a folder, or a link to one. Never throws: `false` if it cannot be looked at. */
export async function isFolder(path: string): Promise<boolean> {
  return targetAt(path)?.isDirectory() === true;
}

/**
 * Names in a folder, in any order; empty if there is no folder, but nothing or a file.
 *
 * @throws SEQ0702 for a folder that cannot be read, which must not look empty
 */
export async function namesIn(folder: string): Promise<string[]> {
  return (await entriesIn(folder)).map(({ name }) => name);
}

/** Like `namesIn`, without waiting: for a folder that is read each time something is written there. */
export function namesNow(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throwUnlessAbsent(folder, error);
    return [];
  }
}

/**
 * Like `namesIn`, with the kind of each; `recursive`: everything below, each with its `parentPath`.
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
