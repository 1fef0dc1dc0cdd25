import type { FileHandle } from 'node:fs/promises';
import { constants, open } from 'node:fs/promises';
import { systemErrorCode } from '../system/errors';
import { fileTrouble } from '../system/system-errors';
import { fileRefused } from './errors';

/**
 * The text of a file that others made; `undefined` where there is none. Symbolic links are not followed, and what waits
 * for somebody to write into it (a pipe) is not waited for.
 *
 * @throws SEQ0251 for what is no regular file, or has more bytes than `limit`
 */
export async function readForeignText(path: string, { limit }: { limit: number }): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw fileRefused({ file: path, why: 'It is no regular file' });
    if (found.size > limit) {
      throw fileRefused({ file: path, why: `It has ${found.size} bytes; files of its kind have at most ${limit}` });
    }
    return await file.readFile('utf8');
  } catch (error) {
    const reason = systemErrorCode(error);
    if (reason === undefined) throw error;
    if (reason === 'ENOENT') return undefined;
    if (reason === 'ELOOP') throw fileRefused({ file: path, why: 'It is a symbolic link' });
    throw fileTrouble({ path, verb: 'read', reason, cause: error });
  } finally {
    await file?.close();
  }
}
