import { join } from 'node:path';
import type { WorkingDir } from '../archive/working-dir';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';
import { namesIn } from '../system/files';
import { readForeignText } from './foreign-text';

export interface ShippedHistory {
  /** `2026-11-23T06:08:52Z`, as oc-mirror names the file. */
  readonly since: string;
  readonly digests: ReadonlySet<Digest>;
}

const historyName = /^\.history-(\d{4}-[^/]+)$/;
// A line has 72 bytes; no mirror comes near two million blobs.
const historyByteLimit = 128 * 1024 ** 2;

/**
 * The blobs that oc-mirror left out of archives because it had shipped them before: the newest history inside them, else
 * the newest in the working-dir beside them that is older than they are. A line is a digest (oc-mirror
 * internal/pkg/history/history.go); an archive carries the history up to the run before its own, since the file of the
 * run itself is written only after its archives.
 *
 * @param folder where the archives lie
 */
export async function shippedHistory(workingDir: WorkingDir, folder: string): Promise<ShippedHistory | undefined> {
  const inside = newestFirst(workingDir.paths.map((path) => path.replace(/^\.history\//, '')));
  const [newest] = inside;
  if (newest !== undefined) {
    return historyOf(newest, await workingDir.text(`.history/${newest}`, { limit: historyByteLimit }));
  }
  const beside = join(folder, 'working-dir', '.history');
  // The newest lists what these archives themselves brought.
  const [, before] = newestFirst(await namesIn(beside));
  if (before === undefined) return undefined;
  return historyOf(before, await readForeignText(join(beside, before), { limit: historyByteLimit }));
}

function newestFirst(names: readonly string[]): string[] {
  return names
    .filter((name) => historyName.test(name))
    .sort()
    .reverse();
}

function historyOf(name: string, text: string | undefined): ShippedHistory {
  return { since: historyName.exec(name)?.[1] ?? name, digests: new Set((text ?? '').split('\n').filter(isDigest)) };
}
