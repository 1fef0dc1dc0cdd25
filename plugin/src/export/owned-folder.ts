/** A folder tree in which `export` replaces and removes its own files, and touches no others. */
import { join } from 'node:path';
import { writeFileAtomically } from '../system/atomic-file';
import { removeFile, removeIfEmpty } from '../system/change-folder';
import { entriesIn } from '../system/files';
import type { PathBelow } from '../system/path-below';
import { below, folderOf } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import { exportInTheWay } from './errors';

/** How a file that `export` wrote begins. */
const mark = '# Written by `nx run <mirror>:export`, which replaces this file. Do not edit it.\n';

/** Paths below the folder, with slashes, sorted. */
export interface FolderChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** How many files are there already with this content. */
  readonly unchanged: number;
}

interface Planned {
  readonly changes: FolderChanges;
  apply(): Promise<void>;
}

/**
 * Compares a folder with the files that it should have.
 *
 * @param parts the folders in it that `export` writes to; nothing else is looked at, since it may be a whole repository
 * @param isLast which files are written after the others, since they name these
 * @throws SEQ0271 for a file in the way that has not the mark, SEQ0708 where a link leads elsewhere
 */
export async function planFolder(
  folder: PathBelow,
  files: ReadonlyMap<string, string>,
  { parts, isLast }: { readonly parts: readonly string[]; readonly isLast: (path: string) => boolean },
): Promise<Planned> {
  const at = (path: string): PathBelow => below(folder.root, folder.path, path);
  const there = (await Promise.all(parts.map((part) => ownedFiles(folder, part)))).flat().sort();
  const texts = new Map([...files].map(([path, text]) => [path, `${mark}${text}`]));
  const written: string[] = [];
  for (const [path, text] of texts) {
    const found = await readTextIfThere(at(path));
    if (found !== undefined && !found.startsWith(mark)) throw exportInTheWay({ file: at(path).path });
    if (found !== text) written.push(path);
  }
  const removed = there.filter((path) => !texts.has(path));
  return {
    changes: { written, removed, unchanged: texts.size - written.length },
    apply: async () => {
      const inOrder = [...written.filter((path) => !isLast(path)), ...written.filter(isLast)];
      for (const path of inOrder) await writeFileAtomically(at(path), texts.get(path) ?? '');
      for (const path of removed) {
        await removeFile(at(path));
        await removeIfEmpty(folderOf(at(path)));
      }
    },
  };
}

async function ownedFiles(folder: PathBelow, part: string): Promise<string[]> {
  const owned: string[] = [];
  for (const entry of await entriesIn(join(folder.path, part), { recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.yaml')) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readTextIfThere(below(folder.root, path));
    if (text?.startsWith(mark) === true) owned.push(path.slice(folder.path.length + 1));
  }
  return owned;
}
