import { basename } from 'node:path';
import { storeFolder, storeFolders } from '../../mirror/data-directory';
import type { Mirror } from '../../mirror/mirror';
import type { ChainEntry } from '../../sequence/chain-lock';
import type { SequenceMetadata } from '../../sequence/metadata';

/** Where a copy of an archive is made, below a place: `seq1-baseline.2d711642b726/mirror_000001.tar`, as in the store. */
export function pathOfCopy({ data }: Pick<Mirror, 'data'>, entry: Pick<ChainEntry, 'folder' | 'seal'>, name: string) {
  return `${basename(storeFolder(data, entry.folder, entry.seal))}/${name}`;
}

/**
 * Where it may be: in a folder named as in the store, as seqmirror makes it, in one named as the sequence, as in
 * `content/`, or at the place itself.
 */
export function pathsOfCopies(
  { data }: Pick<Mirror, 'data'>,
  { folder, metadata, name }: { folder: string; metadata: SequenceMetadata; name: string },
): string[] {
  const folders = [...storeFolders(data, folder, metadata).map((path) => basename(path)), folder];
  return [...folders.map((each) => `${each}/${name}`), name];
}
