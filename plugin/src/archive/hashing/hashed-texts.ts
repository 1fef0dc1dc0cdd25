/**
 * Texts that pass through, several at the same time, hashed in one thread: for bodies that are sent while they are read.
 * The thread is taken when a text begins and none is open, and given back when the last one ends.
 */
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { LaneJob } from './hash-program';
import type { HashThread } from './hash-threads';
import { takeThread } from './hash-threads';

export interface HashedText {
  /** Resolves when the memory may be used again. */
  feed(memory: SharedArrayBuffer, bytes: number): Promise<void>;
  /** Ends it. */
  digest(): Promise<Digest>;
  /** Ends it before its end. */
  drop(): void;
}

interface Sharing {
  readonly thread: HashThread;
  readonly waiting: { resolve: (digests: string[]) => void; reject: (error: unknown) => void }[];
  readonly open: Set<number>;
  failure: unknown;
}

const nothing = new SharedArrayBuffer(0);
let shared: Sharing | undefined;
let lanes = 0;

export function beginHashedText(): HashedText {
  const sharing = (shared ??= share());
  const lane = (lanes += 1);
  sharing.open.add(lane);
  const ask = (memory: SharedArrayBuffer, ranges: readonly number[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      if (sharing.failure !== undefined) return reject(sharing.failure);
      sharing.waiting.push({ resolve, reject });
      sharing.thread.hold();
      sharing.thread.post({ memory, lane, ranges } satisfies LaneJob);
    });
  const end = async (): Promise<string[]> => {
    sharing.open.delete(lane);
    return ask(nothing, [0, 0, 1]);
  };
  return {
    feed: async (memory, bytes) => void (await ask(memory, [0, bytes, 0])),
    digest: async () => digestFromHex((await end())[0] ?? ''),
    drop: () => void end().catch(() => undefined),
  };
}

function share(): Sharing {
  const waiting: Sharing['waiting'] = [];
  const thread = takeThread<string[]>({
    onAnswer: (digests) => {
      waiting.shift()?.resolve(digests);
      if (waiting.length === 0) thread.release();
      giveBackIfIdle(sharing);
    },
    onEnd: (error) => {
      sharing.failure ??= error;
      if (shared === sharing) shared = undefined;
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  });
  const sharing: Sharing = { thread, waiting, open: new Set(), failure: undefined };
  return sharing;
}

function giveBackIfIdle(sharing: Sharing): void {
  if (shared !== sharing || sharing.open.size > 0 || sharing.waiting.length > 0) return;
  shared = undefined;
  sharing.thread.giveBack();
}
