/**
 * When a bundle expires, according to its sender's statement, for uploads that do not check signatures. seq-upload.sh
 * has checked before that the statement is genuine and about these files.
 */
import { join } from 'node:path';
import { timestampOf } from '../sequence/one-line';
import { below, readableRoot } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import { parseBundleStatement, statementFile } from './bundle-statement';
import { bundleExpired } from './errors';

/**
 * @param folder the bundle's folder, an absolute path
 * @returns a warning if the clock here is behind the sender's, so that nobody can tell
 * @throws SEQ0652 for a statement that cannot be read, SEQ0655 when it has expired
 */
export async function requireNotExpired(folder: string, now: Date): Promise<string | undefined> {
  const file = join(folder, statementFile);
  const text = await readTextIfThere(below(readableRoot(folder), file));
  if (text === undefined) return undefined;
  const { made, expires } = parseBundleStatement(text, file);
  if (expires === undefined) return undefined;
  const clock = timestampOf(now);
  if (expires <= clock) throw bundleExpired({ file, expires, clock });
  return made <= clock
    ? undefined
    : `The clock of this machine says ${clock}, but this bundle was made later, on ${made}. One of the two clocks is wrong, so seqmirror cannot tell whether the bundle has expired (${expires})`;
}
