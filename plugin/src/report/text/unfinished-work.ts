import type { UnfinishedWork } from '../../mirror/unfinished-work';
import { formatBytes } from '../../system/byte-size';
import { printable } from '../../system/printable';

/** What stopped runs left, what continues it, and what removes it. */
export function unfinishedLines(works: readonly UnfinishedWork[]): string[] {
  return works.flatMap(({ name, bytes, next, remove }) => [
    `A run that was stopped left ${formatBytes(bytes)} in ${printable(name)} of the data directory`,
    ...(next === undefined
      ? [`  No sequence of this mirror needs it; to delete it: ${remove}`]
      : [`  To continue:   ${next}`, `  To start over: ${remove}`]),
  ]);
}
