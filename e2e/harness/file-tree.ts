import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Everything below folders, by path: length, time of the last change and content of files, targets of links. Two trees
 * that are equal were not touched in between.
 */
export async function fileTree(...folders: readonly string[]): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
    for (const name of names.sort()) {
      const path = join(folder, name);
      const found = await lstat(path, { bigint: true });
      if (found.isSymbolicLink()) tree[path] = `link to ${await readlink(path)}`;
      else if (found.isDirectory()) tree[path] = 'folder';
      else tree[path] = `${found.size} bytes of ${found.mtimeNs}, ${await sha256Of(path)}`;
    }
  }
  return tree;
}

export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
