/** seqmirror-upload.js, which uploads on the far side without oc-mirror. `nx build seqmirror` makes it. */
import { join } from 'node:path';
import { isFile } from '../system/files';
import { packageFolder } from '../system/package-version';
import { uploaderNotBuilt } from './errors';

export const uploaderFile = 'seqmirror-upload.js';

/**
 * Its path in the package, both published and in development.
 *
 * @throws SEQ0704 if the package was not built: no bundle leaves it out unless asked to
 *
 * @example
 * ```ts
 * const uploader = await enclosedUploader();
 * ```
 */
export async function enclosedUploader(): Promise<string> {
  const path = join(packageFolder(), 'dist/uploader', uploaderFile);
  if (!(await isFile(path))) throw uploaderNotBuilt({ path });
  return path;
}
