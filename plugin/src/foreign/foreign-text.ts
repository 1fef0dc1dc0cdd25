import { dirname } from 'node:path';
import { isSeqmirrorError } from '../system/errors';
import { below, readableRoot } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import { fileRefused } from './errors';

/**
 * The text of a file that others made; `undefined` without such a file. Symbolic links are not followed, and it does not
 * wait for a pipe.
 *
 * @throws SEQ0251 for anything but a regular file of at most `limit` bytes
 */
export async function readForeignText(path: string, { limit }: { limit: number }): Promise<string | undefined> {
  try {
    return await readTextIfThere(below(readableRoot(dirname(path)), path), { limit });
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code === 'SEQ0702') throw error;
    throw fileRefused({ file: path, why: error.what });
  }
}
