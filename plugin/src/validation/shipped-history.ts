import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveIndex } from '../archive/archive-index';
import { readEntry } from '../archive/read-entry';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';

export interface ShippedHistory {
  /** `2026-11-23T06:08:52Z`, as oc-mirror names the file. */
  readonly since: string;
  readonly digests: ReadonlySet<Digest>;
}

const historyName = /^\.history-(.+)$/;
const largestHistoryBytes = 256 * 1024 * 1024;

/**
 * What oc-mirror says that it shipped from a destination before these archives: the newest history inside them, else
 * the newest in the folder's working-dir that is older than they are. A line is a digest (oc-mirror
 * internal/pkg/history/history.go); an archive carries the history up to the run before its own.
 */
export async function shippedHistory(
  folder: string,
  indexes: readonly ArchiveIndex[],
): Promise<ShippedHistory | undefined> {
  const inside = indexes
    .flatMap((index) =>
      index.workingDir.map((entry) => ({ index, entry, file: entry.name.split('/').at(-1) as string })),
    )
    .filter(({ entry, file }) => entry.name.startsWith('working-dir/.history/') && historyName.test(file))
    .sort((a, b) => (a.file < b.file ? 1 : -1));
  const [newest] = inside;
  if (newest !== undefined) {
    const content = await readEntry(newest.index, newest.entry, { limit: largestHistoryBytes });
    return historyOf(newest.file, content?.toString('latin1') ?? '');
  }
  const path = join(folder, 'working-dir', '.history');
  const names = (await readdir(path).catch(() => [])).filter((name) => historyName.test(name)).sort();
  // The newest lists what these archives themselves brought.
  const before = names.at(-2);
  return before === undefined ? undefined : historyOf(before, await readFile(join(path, before), 'latin1'));
}

function historyOf(file: string, text: string): ShippedHistory {
  return { since: historyName.exec(file)?.[1] ?? file, digests: new Set(text.split('\n').filter(isDigest)) };
}
