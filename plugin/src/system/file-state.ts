/** Tells whether a file was changed, without reading it. */
import { lstatSync } from 'node:fs';
import { isSeqmirrorError, systemErrorCode } from './errors';
import type { PathBelow } from './path-below';
import { ensureNoLinkBelow, folderOf } from './path-below';

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
 * @returns `undefined` where states say nothing: one is no regular file, is behind a link, can't be looked at, or was
 *   changed a moment ago
 */
export function fileStates(files: readonly PathBelow[]): FileState[] | undefined {
  const before = BigInt(Date.now() - settlesInMilliseconds) * 1_000_000n;
  try {
    for (const file of new Map(files.map((each) => [folderOf(each).path, each])).values()) ensureNoLinkBelow(file);
    const states: FileState[] = [];
    for (const { path } of files) {
      const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (found === undefined) {
        states.push({ text: 'absent', bytes: 0 });
        continue;
      }
      const { size, ino, mtimeNs, ctimeNs } = found;
      if (!found.isFile() || mtimeNs > before || ctimeNs > before) return undefined;
      states.push({ text: `${size} ${ino} ${mtimeNs} ${ctimeNs}`, bytes: Number(size) });
    }
    return states;
  } catch (error) {
    if (systemErrorCode(error) === undefined && !isSeqmirrorError(error)) throw error;
    return undefined;
  }
}
