/**
 * Folders of worlds: made, copied and read in the process itself, since each crash point has its own world, and a
 * program or a thread for each file costs more than the work.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, in memory where the machine has such a place: these specs wait for many an fsync. */
export function newFolder(kind: string): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `seqmirror-${kind}-`));
}

/** Hard links stay hard links, and files keep their modes and, to the millisecond, their times. */
export function copyFolder(from: string, to: string, copied = new Map<number, string>()): void {
  for (const name of readdirSync(from)) {
    const source = join(from, name);
    const target = join(to, name);
    const found = lstatSync(source);
    const earlier = copied.get(found.ino);
    if (found.isDirectory()) {
      mkdirSync(target);
      copyFolder(source, target, copied);
      chmodSync(target, found.mode);
    } else if (found.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (earlier !== undefined) linkSync(earlier, target);
    else {
      copyFileSync(source, target);
      utimesSync(target, found.atime, found.mtime);
      if (found.nlink > 1) copied.set(found.ino, target);
    }
  }
}

/** Every file and link below a folder with its bytes as latin1, by its path from there, ascending. */
export function filesBelow(root: string, unreadable?: (error: unknown) => string): Map<string, string> {
  if (!existsSync(root)) return new Map();
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'latin1');
    } catch (error) {
      if (unreadable === undefined) throw error;
      return unreadable(error);
    }
  };
  return new Map(paths.sort().map((path) => [path.slice(root.length + 1), read(path)]));
}
