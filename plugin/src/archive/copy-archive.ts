/** Copies a whole archive, and reads the copy back meanwhile. */
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../oci/digest';
import { createFile } from '../system/atomic-file';
import { mapConcurrently } from '../system/concurrency';
import { inPrivateFolder } from '../system/path-below';
import type { ArchiveIndex, BlobPlace } from './archive-index';
import { readArchiveIndex } from './archive-index';
import type { HashPool, Range } from './hashing/hashing';
import { openIndexed } from './open-indexed';
import type { ReadBackArchive } from './read-back';
import { marksOf } from './read-back';

export interface CopyRun {
  readonly pool: HashPool;
  readonly signal: AbortSignal;
  /** Called with the bytes copied since the last call. */
  readonly progress: (bytes: number) => void;
}

/**
 * Copies an archive into a new file with bytes of its own, so that damage to one does not affect the other. Each blob of
 * the copy is hashed once, out of the system's page cache. The copy is safely on disk when this returns.
 *
 * @returns `undefined` when a blob of the copy does not match its digest
 * @throws SEQ0304 when the archive is not whole, or becomes shorter meanwhile; SEQ0702 when it cannot be read
 */
export async function copyArchive(from: string, to: string, run: CopyRun): Promise<ReadBackArchive | undefined> {
  const index = await readArchiveIndex(from, run);
  const source = await openIndexed(from);
  try {
    const file = await createFile(inPrivateFolder(to));
    try {
      return (await copyStretches(index, { source, file, to }, run))
        ? { blobs: index.blobs, marks: await marksOf(to) }
        : undefined;
    } finally {
      await file.close();
    }
  } finally {
    await source.close();
  }
}

// More than the threads of a pool, so that none waits for the next one.
const stretchesAtOnce = 8;

async function copyStretches(
  index: ArchiveIndex,
  { source, file, to: path }: { source: FileHandle; file: FileHandle; to: string },
  { pool, signal, progress }: CopyRun,
): Promise<boolean> {
  const sync = inBackground(() => file.sync());
  try {
    const sound = await mapConcurrently(stretchesOf(index), { limit: stretchesAtOnce, signal }, async (stretch) => {
      const { offset, bytes, blobs } = stretch;
      const ranges = blobs.map(([, place]) => place);
      const digests = await pool.digestsOfCopy({ from: source, to: file, path, offset, bytes }, ranges, { signal });
      progress(bytes);
      sync.begin();
      return blobs.every(([digest], number) => digests[number] === digest);
    });
    await sync.end();
    return !sound.includes(false);
  } finally {
    await sync.idle();
  }
}

/** A part of an archive that begins and ends between two blobs, with the blobs in it. */
interface Stretch extends Range {
  readonly blobs: readonly [Digest, BlobPlace][];
}

// Large enough that its message costs nothing, and small enough to be read back before it has left the processor's cache.
const stretchBytes = 8 * 1024 * 1024;

/** The stretches of an archive: together they are all of it. */
function stretchesOf({ blobs, bytes }: ArchiveIndex): Stretch[] {
  const stretches: Stretch[] = [];
  let offset = 0;
  let within: [Digest, BlobPlace][] = [];
  const endAt = (end: number): void => {
    stretches.push({ offset, bytes: end - offset, blobs: within });
    offset = end;
    within = [];
  };
  for (const blob of [...blobs].sort(([, a], [, b]) => a.offset - b.offset)) {
    within.push(blob);
    const end = blob[1].offset + blob[1].bytes;
    if (end - offset >= stretchBytes) endAt(end);
  }
  if (bytes > offset) endAt(bytes);
  return stretches;
}

/** Does something while other work goes on, never twice at the same time, and once more at the end. */
function inBackground(work: () => Promise<void>): {
  begin(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  end(): Promise<void>;
} {
  let running: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;
  const note = (error: unknown): void => void (failure ??= { error });
  return {
    begin: () => {
      running ??= work()
        .catch(note)
        .finally(() => (running = undefined));
    },
    idle: async () => running,
    end: async () => {
      await running;
      if (failure !== undefined) throw failure.error;
      await work();
    },
  };
}
