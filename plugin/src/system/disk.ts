import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that this user may still write in the file system of a folder, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(folder));
  return bavail * bsize;
}

/** The file system that a folder lies on, or will lie on once it is made. */
export async function deviceOf(folder: string): Promise<number> {
  return (await stat(await nearestExisting(folder))).dev;
}

async function nearestExisting(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      await stat(at);
      return at;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw error;
    }
  }
}
