/** Removes from oc-mirror's archives what nobody needs to carry. */
import type { FileHandle } from 'node:fs/promises';
import { openToChange } from '../system/atomic-file';
import { impossible } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import type { ArchiveEntry, ArchiveIndex } from './archive-index';
import { readFully, writeFully } from './positional-io';
import { paddedBytes, trailerBytes } from './tar-header';

const pieceBytes = 4 * 1024 * 1024;
// Moving blobs writes the archive once more, which is not worth it for a few per cent.
const worthMoving = 0.03;

export interface SlimOptions {
  readonly keep: (entryName: string) => boolean;
  /** Whether blobs may be moved, which reads and writes the archive once more. Default: if it saves enough. */
  readonly mayMoveBlobs?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes the entries that `keep` does not name, in place: what stays moves towards the front, byte for byte with its
 * headers, then comes the end mark, and the rest is cut off. Behind the last blob or link, where oc-mirror 5.1 and
 * later put working-dir, this is cheap and always done. What earlier versions put before the blobs is removed if it is
 * more than three per cent of the archive. No extra space is needed. Only for archives in a stage: after a crash the
 * file is broken (SEQ0304, SEQ0307), and the engine makes it again. The index is of the file before.
 */
export async function slimArchive(
  path: string,
  index: ArchiveIndex,
  { keep, mayMoveBlobs = true, signal }: SlimOptions,
): Promise<{ savedBytes: number }> {
  const files = [...index.workingDir, ...index.other].sort((a, b) => a.headerOffset - b.headerOffset);
  const unneeded = files.filter(({ name }) => !keep(name));
  const inFront = unneeded.filter(({ headerOffset }) => headerOffset < index.registryEnd);
  const moveBlobs = mayMoveBlobs && sumOf(inFront) > worthMoving * index.bytes;
  const removed = moveBlobs ? unneeded : unneeded.filter((entry) => !inFront.includes(entry));
  if (removed.length === 0) return { savedBytes: 0 };

  const file = await openToChange(inPrivateFolder(path));
  try {
    let [end, from] = [0, 0];
    const keepUpTo = async (to: number): Promise<void> => {
      if (from !== end) await moveForward(file, { from, to: end, bytes: to - from }, signal);
      end += to - from;
    };
    for (const entry of removed) {
      await keepUpTo(entry.headerOffset);
      from = endOf(entry);
    }
    await keepUpTo(Math.max(index.registryEnd, from, ...files.slice(-1).map(endOf)));
    await writeFully(file, Buffer.alloc(trailerBytes), end);
    await file.truncate(end + trailerBytes);
    await file.sync();
    return { savedBytes: index.bytes - end - trailerBytes };
  } finally {
    await file.close();
  }
}

function sumOf(entries: readonly ArchiveEntry[]): number {
  return entries.reduce((sum, entry) => sum + endOf(entry) - entry.headerOffset, 0);
}

function endOf({ offset, bytes }: ArchiveEntry): number {
  return offset + paddedBytes(bytes);
}

// Source and target may overlap: pieces are read before they are overwritten, in ascending order.
async function moveForward(
  file: FileHandle,
  { from, to, bytes }: { from: number; to: number; bytes: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes));
  for (let done = 0; done < bytes;) {
    signal?.throwIfAborted();
    const part = piece.subarray(0, Math.min(piece.length, bytes - done));
    if ((await readFully(file, part, from + done)) < part.length)
      throw impossible(`an entry beyond the end, at ${from}`);
    await writeFully(file, part, to + done);
    done += part.length;
  }
}
