import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that this user may still write in the file system of a folder, which may not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(folder));
  return bavail * bsize;
}

/** The file system of a folder, or of the folder that it will be made in. */
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
