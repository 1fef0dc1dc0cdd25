/** Copies an archive so that the copy is proven before it counts: written aside, hashed, fsynced, read back. */
import type { HashingOutput } from '../../archive/hashing/hashing';
import { hashFromMedium, openHashingOutput, startHashLanes } from '../../archive/hashing/hashing';
import { writeFully } from '../../archive/positional-io';
import type { SequenceMetadata } from '../../sequence/metadata';
import { fillFileAtomically } from '../../system/atomic-file';
import { removeFile } from '../../system/change-folder';
import type { PathBelow } from '../../system/path-below';
import type { Progress } from '../../system/progress';
import { openRegular } from '../../system/regular-file';
import { copyReadsWrong } from '../errors';

export interface CopyRun {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** An archive as the records have it. */
export type RecordedArchive = SequenceMetadata['archives'][number];

/**
 * Copies an archive to a path, and reads the copy back from its disk.
 *
 * @returns whether the source is the recorded archive; if not, there is no copy
 * @throws SEQ0262 if the copy does not read back as it was written; the system's error if it cannot be written
 */
export async function copyArchive(
  from: string,
  to: PathBelow,
  run: CopyRun & { readonly recorded: RecordedArchive },
): Promise<boolean> {
  const source = await openRegular(from);
  try {
    const { size: bytes } = await source.stat();
    return await writeArchive(to, {
      ...run,
      fill: (output) => output.copy({ file: source, offset: 0, bytes }, { damaged: () => notRecorded }),
    });
  } finally {
    await source.close();
  }
}

/** The same for bytes from anywhere. @param run `fill` writes them, from the first to the last */
export async function writeArchive(
  to: PathBelow,
  {
    recorded,
    fill,
    ...run
  }: CopyRun & { readonly recorded: RecordedArchive; readonly fill: (output: HashingOutput) => Promise<void> },
): Promise<boolean> {
  try {
    await fillFileAtomically(to, async (handle) => {
      const sha256 = await hashWhileFilled(run, fill, (piece, position) => writeFully(handle, piece, position));
      if (sha256 !== recorded.sha256) throw notRecorded;
    });
  } catch (error) {
    if (error === notRecorded) return false;
    throw error;
  }
  if ((await hashFromMedium(to.path, run))?.sha256 === recorded.sha256) return true;
  await removeFile(to);
  throw copyReadsWrong({ file: to.path });
}

/** Leaves `fillFileAtomically`, which then removes what was written. */
const notRecorded = new Error('the source is not the recorded archive');

/** @returns the sha256 of all bytes, hashed in a thread while they pass */
export async function hashWhileFilled(
  { progress, signal }: CopyRun,
  fill: (output: HashingOutput) => Promise<void>,
  sink: (piece: Uint8Array, position: number) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const lanes = startHashLanes();
  try {
    const output = openHashingOutput(sink, lanes, { signal, progress: progress.advance });
    await fill(output);
    return (await output.end()).sha256;
  } finally {
    await lanes.close();
  }
}
