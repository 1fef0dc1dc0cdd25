import { basename, join } from 'node:path';
import { storeFolders } from '../../mirror/data-directory';
import type { Mirror } from '../../mirror/mirror';
import type { SequenceMetadata } from '../../sequence/metadata';

/**
 * Where a sequence's archives may lie in folders with copies: in a folder named as in the store, as prune makes it, in one
 * named as the sequence, as in `content/`, or in the folder itself.
 */
export function placesOfCopies(
  { data }: Pick<Mirror, 'data'>,
  { folder, metadata, folders }: { folder: string; metadata: SequenceMetadata; folders: readonly string[] },
): string[] {
  const names = [...storeFolders(data, folder, metadata).map((path) => basename(path)), folder];
  return folders.flatMap((place) => [...names.map((name) => join(place, name)), place]);
}
