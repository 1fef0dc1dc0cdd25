import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file so that every reader, and every crash, finds either the old text or the new: written aside in the
 * same folder, fsynced, renamed, folder fsynced. Makes the folder when it is missing.
 *
 * One writer at a time a file: what a killed one left aside is written over by the next, so that nothing piles up.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  return fillFileAtomically(path, (file) => file.writeFile(content));
}

/** The same for content that comes in pieces: what `fill` writes. When it fails, nothing is left of it. */
export async function fillFileAtomically<T>(path: string, fill: (file: FileHandle) => Promise<T>): Promise<T> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const aside = asideOf(path);
  let result: T;
  try {
    const file = await open(aside, 'w', 0o644);
    try {
      result = await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(folder);
  return result;
}

/** Where a file is written before it has its name: what a killed writer leaves. */
export function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

/** Makes renames and new names within a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a file's content survive a power cut. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
