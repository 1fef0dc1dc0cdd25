import { dirname } from 'node:path';
import { isSeqmirrorError } from '../system/errors';
import { below, readableRoot } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import { fileRefused } from './errors';

/**
 * The text of a file that others made; `undefined` if there is none. Symbolic links are not followed, and what waits
 * for somebody to write into it (a pipe) is not waited for.
 *
 * @throws SEQ0251 for what is no regular file, or has more bytes than `limit`
 */
export async function readForeignText(path: string, { limit }: { limit: number }): Promise<string | undefined> {
  try {
    return await readTextIfThere(below(readableRoot(dirname(path)), path), { limit });
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code === 'SEQ0702') throw error;
    throw fileRefused({ file: path, why: error.what });
  }
}
