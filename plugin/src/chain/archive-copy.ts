/** Copies an archive so that the copy is proven before it counts: written aside, hashed, fsynced, read back. */
import type { FileHandle } from 'node:fs/promises';
import { hashFromMedium, openHashingOutput, startHashLanes } from '../archive/hashing/hashing';
import { writeFully } from '../archive/positional-io';
import type { SequenceMetadata } from '../sequence/metadata';
import { fillFileAtomically } from '../system/atomic-file';
import { removeFile } from '../system/change-folder';
import type { PathBelow } from '../system/path-below';
import type { Progress } from '../system/progress';
import { openRegular } from '../system/regular-file';
import { copyReadsWrong } from './errors';

interface CopyRun {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Copies an archive to a path, and reads the copy back from its disk.
 *
 * @returns whether the source is the recorded archive; if not, there is no copy
 * @throws SEQ0262 if the copy does not read back as it was written; the system's error if it cannot be written
 */
export async function copyArchive(
  from: string,
  to: PathBelow,
  { recorded, ...run }: CopyRun & { readonly recorded: SequenceMetadata['archives'][number] },
): Promise<boolean> {
  const source = await openRegular(from);
  try {
    await fillFileAtomically(to, async (handle) => {
      if ((await copyBytes(source, handle, run)) !== recorded.sha256) throw notRecorded;
    });
  } catch (error) {
    if (error === notRecorded) return false;
    throw error;
  } finally {
    await source.close();
  }
  if ((await hashFromMedium(to.path, run))?.sha256 === recorded.sha256) return true;
  await removeFile(to);
  throw copyReadsWrong({ file: to.path });
}

/** Leaves `fillFileAtomically`, which then removes what was written. */
const notRecorded = new Error('the source is not the recorded archive');

/** @returns the sha256 of what was copied, hashed in a thread while it is written */
async function copyBytes(source: FileHandle, to: FileHandle, { progress, signal }: CopyRun): Promise<string> {
  const { size: bytes } = await source.stat();
  const lanes = startHashLanes();
  try {
    const output = openHashingOutput((piece, position) => writeFully(to, piece, position), lanes, {
      signal,
      progress: progress.advance,
    });
    await output.copy({ file: source, offset: 0, bytes }, { damaged: () => notRecorded });
    return (await output.end()).sha256;
  } finally {
    await lanes.close();
  }
}
