/** Takes out of oc-mirror's archives what only burdens the carrier. */
import type { FileHandle } from 'node:fs/promises';
import { openToChange } from '../system/atomic-file';
import { impossible } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import type { ArchiveEntry, ArchiveIndex } from './archive-index';
import { readFully, writeFully } from './positional-io';
import { paddedBytes, trailerBytes } from './tar-header';

const pieceBytes = 1024 * 1024;

/**
 * Removes the entries after the last blob or link that `keep` does not name, in place: those that stay move towards the
 * front, byte for byte with their headers, the end mark follows them, the rest is cut off. What lies before the last
 * blob or link stays whatever it is, since moving blobs would copy the archive. For archives in a stage only: after a
 * crash the file is broken (SEQ0304, SEQ0307), and the engine makes it again. The index is of the file as it was.
 */
export async function slimArchive(
  path: string,
  index: ArchiveIndex,
  { keep, signal }: { keep: (entryName: string) => boolean; signal?: AbortSignal | undefined },
): Promise<{ savedBytes: number }> {
  const last = [...index.workingDir, ...index.other]
    .filter(({ headerOffset }) => headerOffset >= index.registryEnd)
    .sort((a, b) => a.headerOffset - b.headerOffset);
  if (last.every(({ name }) => keep(name))) return { savedBytes: 0 };

  const file = await openToChange(inPrivateFolder(path));
  try {
    let end = index.registryEnd;
    for (const entry of last.filter(({ name }) => keep(name))) {
      signal?.throwIfAborted();
      const bytes = endOf(entry) - entry.headerOffset;
      if (entry.headerOffset !== end) await moveForward(file, { from: entry.headerOffset, to: end, bytes });
      end += bytes;
    }
    await writeFully(file, Buffer.alloc(trailerBytes), end);
    await file.truncate(end + trailerBytes);
    await file.sync();
    return { savedBytes: index.bytes - end - trailerBytes };
  } finally {
    await file.close();
  }
}

function endOf({ offset, bytes }: ArchiveEntry): number {
  return offset + paddedBytes(bytes);
}

// Source and target may overlap: pieces are read before they are written over, in ascending order.
async function moveForward(
  file: FileHandle,
  { from, to, bytes }: { from: number; to: number; bytes: number },
): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes));
  for (let done = 0; done < bytes;) {
    const part = piece.subarray(0, Math.min(piece.length, bytes - done));
    if ((await readFully(file, part, from + done)) < part.length)
      throw impossible(`an entry beyond the end, at ${from}`);
    await writeFully(file, part, to + done);
    done += part.length;
  }
}
