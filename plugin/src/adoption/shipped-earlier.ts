import type { WorkingDir } from '../archive/working-dir';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';

// A line has 72 bytes; no mirror comes near a million blobs.
const historyByteLimit = 128 * 1024 ** 2;

/**
 * The blobs that oc-mirror left out because it had shipped them before: the newest `.history/.history-<time>` in the
 * archives, which is the one that it read (internal/pkg/history/history.go; the file of the run itself is written only
 * after its archives).
 */
export async function shippedEarlier(workingDir: WorkingDir): Promise<ReadonlySet<Digest>> {
  const newest = workingDir.paths
    .filter((path) => /^\.history\/\.history-\d{4}-[^/]+$/.test(path))
    .sort()
    .at(-1);
  const text = newest === undefined ? undefined : await workingDir.text(newest, { limit: historyByteLimit });
  return new Set((text ?? '').split('\n').filter(isDigest));
}
