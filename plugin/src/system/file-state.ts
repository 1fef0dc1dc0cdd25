/** Tells whether a file was changed, without reading it. */
import type { BigIntStats } from 'node:fs';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from './errors';

export interface FileState {
  /** Two that are equal are of one file that nobody wrote to in between; `absent`: there is nothing. */
  readonly text: string;
  readonly bytes: number;
}

/**
 * For how long after a change a file is taken for one that may be changing still: the coarsest clocks of file systems
 * count in 2 seconds (FAT), so a second change in that time may not show.
 */
const settlesInMilliseconds = 2500;

/**
 * The states of files at this moment. Size, inode, and the times of the last change of the content and of the inode, in
 * nanoseconds: programs can set the first of these times, and no program the second, which changes with every write,
 * rename, `touch` and `git checkout`.
 *
 * Call it before the files are read: then a change after it makes other states, whether or not it was read.
 *
 * @param folder its path, in which no part below its root is a link
 * @returns `undefined` where states say nothing: one is no regular file, can't be looked at, or was changed a moment ago
 */
export function fileStates(folder: string, names: readonly string[]): FileState[] | undefined {
  const before = BigInt(Date.now() - settlesInMilliseconds) * 1_000_000n;
  const states: FileState[] = [];
  for (const name of names) {
    const found = statOf(join(folder, name));
    if (found === 'unknown') return undefined;
    if (found === undefined) {
      states.push({ text: 'absent', bytes: 0 });
      continue;
    }
    const { size, ino, mtimeNs, ctimeNs } = found;
    if (!found.isFile() || mtimeNs > before || ctimeNs > before) return undefined;
    states.push({ text: `${size} ${ino} ${mtimeNs} ${ctimeNs}`, bytes: Number(size) });
  }
  return states;
}

function statOf(path: string): BigIntStats | 'unknown' | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return 'unknown';
  }
}
