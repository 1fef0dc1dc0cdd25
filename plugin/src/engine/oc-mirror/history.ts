import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobSet } from '../../oci/blob';
import { createFile } from '../../system/atomic-file';
import { makeFolder, removeTree } from '../../system/change-folder';
import { inPrivateFolder } from '../../system/path-below';

/**
 * Tells oc-mirror which blobs it need not archive: `.history/.history-<RFC 3339, UTC>`, one digest per line; it reads
 * the newest file (internal/pkg/history/history.go). Written again before each run, so that what a killed or lost run
 * noted there is forgotten. Without a base there is no file, and the archive is complete.
 */
export async function writeHistory(
  workingDir: string,
  base: BlobSet,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<void> {
  const folder = join(workingDir, '.history');
  await removeTree(inPrivateFolder(folder));
  if (base.size === 0) return;
  await makeFolder(inPrivateFolder(folder));
  const file = join(folder, `.history-${now.toISOString().replace(/\.\d{3}Z$/, 'Z')}`);
  const handle = await createFile(inPrivateFolder(file));
  await pipeline(Readable.from(linesOf(base)), handle.createWriteStream({ flush: true }), { signal });
}

// Chunks of some hundred kilobytes: one write per line would be a hundred thousand writes.
const linesAtOnce = 4096;

function* linesOf(base: BlobSet): Generator<string> {
  let lines: string[] = [];
  for (const digest of base.keys()) {
    lines.push(`${digest}\n`);
    if (lines.length === linesAtOnce) {
      yield lines.join('');
      lines = [];
    }
  }
  if (lines.length > 0) yield lines.join('');
}
