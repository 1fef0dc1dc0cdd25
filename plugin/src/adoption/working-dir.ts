/** What oc-mirror packed of its working-dir: the only witness of what a configuration led to when it was mirrored. */
import type { ArchiveEntry, ArchiveIndex } from '../archive/archive-index';
import { entryPieces, readEntry } from '../archive/read-entry';

export interface WorkingDir {
  /** Paths below `working-dir/`, in the order of the archives. */
  readonly paths: readonly string[];
  /** A text; `undefined` where there is no such file, or it has more bytes than `limit`. */
  text(path: string, options: { limit: number }): Promise<string | undefined>;
  /** A file in pieces. @throws Error where there is no such file */
  pieces(path: string): AsyncIterable<Buffer>;
}

const prefix = 'working-dir/';

export function workingDirIn(
  indexes: readonly ArchiveIndex[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): WorkingDir {
  const entries = new Map<string, { index: ArchiveIndex; entry: ArchiveEntry }>();
  for (const index of indexes) {
    for (const entry of index.workingDir) entries.set(entry.name.slice(prefix.length), { index, entry });
  }
  return {
    paths: [...entries.keys()],
    text: async (path, { limit }) => {
      const found = entries.get(path);
      if (found === undefined) return undefined;
      return (await readEntry(found.index, found.entry, { limit, signal }))?.toString('utf8');
    },
    pieces: (path) => {
      const found = entries.get(path);
      if (found === undefined) throw new RangeError(`no such file: ${path}`);
      return entryPieces(found.index, found.entry, { signal });
    },
  };
}
