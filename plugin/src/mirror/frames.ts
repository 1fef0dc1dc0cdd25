/** Frames of a sequence's archives (archive/frame.ts), kept beside the store: with blobs from anywhere, the archives. */
import { join } from 'node:path';
import { writeFrame } from '../archive/frame/frame';
import type { VerifiedArchive } from '../archive/verify';
import type { SequenceMetadata } from '../sequence/metadata';
import { makeEmptyFolder } from '../system/change-folder';
import type { PathBelow } from '../system/path-below';
import type { DataDirectory } from './data-directory';
import { framesFolders } from './data-directory';

/** An archive whose frame is to be kept. */
export type FramedIndex = Pick<VerifiedArchive, 'name' | 'index'>;

/** Puts the frames of verified archives into a folder, on disk for good. What was there is removed. */
export async function writeFrames(
  folder: PathBelow,
  archives: readonly FramedIndex[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await makeEmptyFolder(folder);
  for (const { name, index } of archives) await writeFrame(index, join(folder.path, frameFileName(name)), { signal });
}

/**
 * Where the frame of a sealed sequence's archive may lie, most likely first. Sequences that were sealed
 * elsewhere, or by an earlier seqmirror, may have none.
 */
export function frameFiles(
  data: DataDirectory,
  folder: string,
  { archive, ...metadata }: Pick<SequenceMetadata, 'seal' | 'renumbered_from'> & { archive: string },
): string[] {
  return framesFolders(data, folder, metadata).map((each) => join(each, frameFileName(archive)));
}

export function frameFileName(archive: string): string {
  return `${archive}.frame.gz`;
}
