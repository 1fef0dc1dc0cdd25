import type { UnfinishedWork } from '../../mirror/unfinished-work';
import { formatBytes } from '../../system/byte-size';
import { printable } from '../../system/printable';

/** One line each: what is left, what continues it, and what removes it. */
export function unfinishedLines(works: readonly UnfinishedWork[]): string[] {
  return works.map(({ name, bytes, next, remove }) => {
    const goesOn = next === undefined ? 'nothing goes on with it' : `${next} goes on with it`;
    return `Unfinished: ${printable(name)} (${formatBytes(bytes)}); ${goesOn}, ${remove} removes it`;
  });
}
