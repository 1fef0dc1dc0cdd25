/** seqmirror-upload.js, which uploads on the far side without oc-mirror. `nx build seqmirror` makes it. */
import { join } from 'node:path';
import { isFile } from '../system/files';
import { uploaderNotBuilt } from './errors';

export const uploaderFile = 'seqmirror-upload.js';

/**
 * Where it lies in the package, as it is published and as it is worked on.
 *
 * @throws SEQ0704 where the package was not built: no bundle goes without it unasked
 */
export async function enclosedUploader(): Promise<string> {
  const path = join(__dirname, '../../dist/uploader', uploaderFile);
  if (!(await isFile(path))) throw uploaderNotBuilt({ path });
  return path;
}
