/**
 * Reads archives back while they are filled, behind those who write. At the end it knows what one would find by reading
 * the finished files once more, and a wrong blob is found while others still arrive.
 */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import { mapConcurrently } from '../system/concurrency';
import type { BlobPlace } from './archive-index';
import type { ArchivesToFill, FileToFill } from './fill-archive';
import type { FileSums } from './hashing/hashing';
import { hashGrowingFile } from './hashing/hashing';
import type { PlannedArchive, PlannedBlob } from './plan';
import { blobsIn } from './plan';

/** An archive whose blobs were all sound when it was read back, and the marks of a file that nobody changed since. */
export interface ReadBackArchive {
  /** The sum of the file, if it was hashed as a whole: 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
  readonly marks: FileMarks;
}

export interface FileMarks {
  readonly device: bigint;
  readonly inode: bigint;
  readonly bytes: bigint;
  readonly modified: bigint;
  /** Renaming changes it too. */
  readonly changed: bigint;
}

export interface ReadBack {
  /** Bytes of a blob from its start that are written, and will not be written again. */
  wrote(digest: Digest, inPlace: number): void;
  /** Nobody will bring it. It is passed over, and its archive is not proven. */
  giveUp(digest: Digest): void;
  /** Resolves when all archives are read: those without anything wrong, by their names. Every blob must come before. */
  end(): Promise<ReadonlyMap<string, FileSums>>;
  stop(): Promise<void>;
}

interface ReadBackOptions {
  /** Blobs that an earlier run brought: they are proven like the others. */
  readonly there: ReadonlySet<Digest>;
  readonly onSound: (digest: Digest) => void;
  /** What is at its place is not the blob. Its archive is not proven any more, even if it is brought again. */
  readonly onWrong: (blob: PlannedBlob) => void;
  readonly signal: AbortSignal;
}

// Each archive takes two threads. Blobs come archive by archive, so that more would wait.
const archivesAtOnce = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2)));

export function readBackWhileFilled(
  { files }: Pick<ArchivesToFill, 'files'>,
  { there, onSound, onWrong, signal }: ReadBackOptions,
): ReadBack {
  const inPlace = new Map<Digest, number>();
  const given = new Set<Digest>();
  const stopped = new AbortController();
  const waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  const wake = (): void => waiting.splice(0).forEach(({ resolve }) => resolve());
  const moved = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (stopped.signal.aborted) reject(stopped.signal.reason as Error);
      else waiting.push({ resolve, reject });
    });
  const isThere = ({ digest, bytes }: PlannedBlob): boolean =>
    (inPlace.get(digest) ?? 0) >= bytes || there.has(digest) || given.has(digest);

  const read = async ({ archive, file }: FileToFill): Promise<[string, FileSums] | undefined> => {
    const blobs = blobsIn(archive);
    let isSound = true;
    let first = 0;
    const sums = await hashGrowingFile({
      file,
      bytes: archive.bytes,
      texts: blobs,
      filledTo: () => {
        signal.throwIfAborted();
        stopped.signal.throwIfAborted();
        for (; ; first += 1) {
          const blob = blobs[first];
          if (blob === undefined) return archive.bytes;
          if (!isThere(blob)) return blob.offset + (inPlace.get(blob.digest) ?? 0);
        }
      },
      moved,
      onText: (number, sha256) => {
        const blob = blobs[number] as PlannedBlob;
        const isRight = digestFromHex(sha256) === blob.digest;
        isSound &&= isRight;
        if (given.has(blob.digest)) isSound = false;
        else if (isRight) onSound(blob.digest);
        else onWrong(blob);
      },
    });
    return isSound ? [archive.name, sums] : undefined;
  };
  const reading = mapConcurrently(files, { limit: archivesAtOnce, signal: stopped.signal }, read);
  // Whoever fills the archives learns of a failure at the end.
  reading.catch(() => undefined);
  return {
    wrote: (digest, bytes) => {
      inPlace.set(digest, bytes);
      wake();
    },
    giveUp: (digest) => {
      given.add(digest);
      wake();
    },
    end: async () => new Map((await reading).filter((sums) => sums !== undefined)),
    stop: async () => {
      stopped.abort(new Error('nobody fills the archives any more'));
      for (const { reject } of waiting.splice(0)) reject(stopped.signal.reason);
      await reading.catch(() => undefined);
    },
  };
}

/** Marks a file that was read back, under its final name. `undefined`: somebody else changed it meanwhile. */
export async function readBackAt(
  path: string,
  { archive, sums }: { archive: PlannedArchive; sums: FileSums },
): Promise<ReadBackArchive | undefined> {
  const marks = await marksOf(path);
  if (marks.inode !== sums.inode || marks.modified !== sums.modified || marks.bytes !== BigInt(archive.bytes))
    return undefined;
  return { sha256: sums.sha256, blobs: new Map(blobsIn(archive).map((blob) => [blob.digest, blob])), marks };
}

/** Whether a path still leads to the file that was read back, unchanged by its marks. */
export async function isUnchanged(path: string, { marks }: ReadBackArchive): Promise<boolean> {
  const now = await marksOf(path);
  return Object.entries(marks).every(([name, mark]) => now[name as keyof FileMarks] === mark);
}

/** The marks of a file as it is now. */
export async function marksOf(path: string): Promise<FileMarks> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return { device: dev, inode: ino, bytes: size, modified: mtimeNs, changed: ctimeNs };
}
