import type { ArchivesToFill } from '../../archive/fill-archive';
import type { Digest } from '../../oci/digest';
import type { Journal } from './journal';

/** Brings written bytes to the disk and into the journal, neither too often nor too seldom. */
export interface Checkpoints {
  /** Bytes of a blob from its start that have been written. */
  wrote(digest: Digest, inPlace: number): void;
  finished(digest: Digest): void;
  /** Ends checkpoints, after a last one or without. Throws what went wrong in one of them. */
  stop(options: { last: 'write' | 'skip' }): Promise<void>;
}

// The most that a kill costs. An fsync every few seconds is cheap, and lets the disk write while blobs still arrive
// instead of at the end.
const everyMs = 2_000;
const everyBytes = 256 * 1024 * 1024;

export function startCheckpoints({ archives, journal }: { archives: ArchivesToFill; journal: Journal }): Checkpoints {
  const partial = new Map<Digest, number>();
  let sinceLast = 0;
  let finished: Digest[] = [];
  let failure: unknown;
  let last = Promise.resolve();

  const checkpoint = async (): Promise<void> => {
    // Read before the fsync: what is written while it runs may not be on the disk when it returns.
    const entry = { done: finished, partial: new Map(partial) };
    finished = [];
    if (entry.done.length === 0 && entry.partial.size === 0) return;
    await archives.sync();
    await journal.append(entry);
  };
  const inTurn = (): Promise<void> => {
    last = last.then(checkpoint);
    return last;
  };
  const soon = (): void => {
    sinceLast = 0;
    inTurn().catch((error: unknown) => {
      failure ??= error;
    });
  };
  const timer = setInterval(soon, everyMs);

  return {
    wrote: (digest, inPlace) => {
      sinceLast += inPlace - (partial.get(digest) ?? 0);
      partial.set(digest, inPlace);
      if (sinceLast >= everyBytes) soon();
    },
    finished: (digest) => {
      partial.delete(digest);
      finished.push(digest);
    },
    stop: async ({ last: which }) => {
      clearInterval(timer);
      await (which === 'write' ? inTurn() : last);
      if (failure !== undefined) throw failure;
    },
  };
}
