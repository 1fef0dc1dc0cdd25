import { basename } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import { systemErrorCode } from '../system/errors';
import { openRegular } from '../system/regular-file';
import { archiveBroken } from './errors';

/**
 * Opens an archive whose index was read: on a medium, somebody may have removed it since.
 *
 * @throws SEQ0304 if it cannot be opened any more
 */
export async function openIndexed(path: string): Promise<FileHandle> {
  try {
    return await openRegular(path);
  } catch (error) {
    const reason = systemErrorCode(error);
    if (reason === undefined) throw error;
    throw archiveBroken({ archive: basename(path), offset: 0, why: `the file can no longer be opened (${reason})` });
  }
}
