import type { Finding, Position } from '../../system/errors';
import { shown } from '../credentials';
import { entryListedTwice } from '../errors';

/** Entries of a list that have the name of an earlier one. */
export function* entriesTwice<T>(
  entries: readonly T[],
  list: {
    nameOf: (entry: T) => string;
    describe: (name: string) => string;
    why: string;
    at: (index: number) => Position;
  },
): Iterable<Finding> {
  const firstByName = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const name = list.nameOf(entry);
    const first = firstByName.get(name);
    if (first === undefined) firstByName.set(name, index);
    else
      yield entryListedTwice({
        at: list.at(index),
        what: list.describe(shown(name)),
        first: list.at(first),
        why: list.why,
      });
  }
}
