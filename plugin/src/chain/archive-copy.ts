/** Copies an archive so that the copy is proven before it counts: written aside, hashed, fsynced, read back. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { hashFromMedium } from '../archive/hashing/hashing';
import type { SequenceMetadata } from '../sequence/metadata';
import { fillFileAtomically } from '../system/atomic-file';
import { removeFile } from '../system/change-folder';
import type { PathBelow } from '../system/path-below';
import type { Progress } from '../system/progress';
import { openRegular } from '../system/regular-file';
import { copyReadsWrong } from './errors';

const pieceBytes = 4 * 1024 ** 2;

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

async function copyBytes(source: FileHandle, to: FileHandle, { progress, signal }: CopyRun): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  for (let at = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    for (let written = 0; written < bytesRead;) {
      const { bytesWritten } = await to.write(piece, written, bytesRead - written, at + written);
      written += bytesWritten;
    }
    at += bytesRead;
    progress.advance(bytesRead);
  }
}
