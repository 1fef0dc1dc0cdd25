/** Where the frames of archives are kept: `<data>/frames/seq1-baseline.2d711642b726/mirror_000001.tar.frame.gz`. */
import { basename, join } from 'node:path';
import type { DataDirectory } from '../mirroring/data-directory';
import { storeFolder, storeFolders } from '../mirroring/data-directory';
import type { SequenceMetadata } from '../sequence/metadata';
import type { Seal } from '../sequence/seal';

export function framesFolder(data: DataDirectory, folder: string, seal: Seal): string {
  return join(data.root, 'frames', basename(storeFolder(data, folder, seal)));
}

/** That of the sequence, then that of its former place in the chain. */
export function framesFolders(data: DataDirectory, folder: string, metadata: SequenceMetadata): string[] {
  return storeFolders(data, folder, metadata).map((store) => join(data.root, 'frames', basename(store)));
}

export function frameFileName(archive: string): string {
  return `${archive}.frame.gz`;
}
