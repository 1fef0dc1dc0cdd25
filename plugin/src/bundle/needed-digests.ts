import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';
import { readNamedText } from '../system/text-file';
import { needUnreadable } from './errors';

/**
 * The far side's list of missing blobs: one digest per line. @throws SEQ0679 for other lines, and if none is of this
 * head
 */
export async function digestsNeeded(file: string, closure: BlobSet): Promise<Set<Digest>> {
  const lines = (await readNamedText(file, { limit: 64 * 1024 ** 2 }))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const digests = new Set<Digest>();
  for (const [index, line] of lines.entries()) {
    if (!isDigest(line)) throw needUnreadable({ file, why: `line ${index + 1} is not a digest` });
    digests.add(line);
  }
  const unknown = [...digests].filter((digest) => !closure.has(digest));
  if (digests.size === 0) throw needUnreadable({ file, why: 'the file contains no digest' });
  if (unknown.length === digests.size)
    throw needUnreadable({ file, why: 'no digest in the file belongs to this sequence' });
  return digests;
}
