import { resolve } from 'node:path';
import { isStorageAddress } from '../../object-storage/address';
import { isFolder } from '../../system/files';
import type { CopyPlace, PlaceRun } from './copy-place';
import { folderForCopies, openFolderPlace } from './folder-place';
import { openStoragePlace } from './storage-place';

/**
 * A place to copy archives to.
 *
 * @param text as people type it; folders are absolute, or from the top of the workspace
 * @throws SEQ0261 for a folder that cannot be used, SEQ0530 … SEQ0533 for object storage
 */
export async function openPlaceToFill(text: string, { mirror, env, run }: PlaceRun): Promise<CopyPlace> {
  if (isStorageAddress(text)) return openStoragePlace(text, { mirror, env, run });
  return openFolderPlace(await folderForCopies(mirror, text));
}

/** A place with copies; `undefined` if it is a folder that is not there. @throws SEQ0530 … SEQ0533 for object storage */
export async function openPlaceWithCopies(
  text: string,
  { mirror, env, run }: PlaceRun,
): Promise<CopyPlace | undefined> {
  if (isStorageAddress(text)) return openStoragePlace(text, { mirror, env, run });
  const folder = resolve(mirror.workspaceRoot, text);
  return (await isFolder(folder)) ? openFolderPlace(folder) : undefined;
}
