/**
 * Texts that pass through, several at the same time, hashed in one thread: for bodies that are sent while they are read.
 * The thread is taken when a text begins and none is open, and given back when the last one ends.
 */
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { AskedThread } from './asked-thread';
import { takeAskedThread } from './asked-thread';
import type { LaneJob } from './hash-program';

export interface HashedText {
  /** Resolves when the memory may be used again. */
  feed(memory: SharedArrayBuffer, bytes: number): Promise<void>;
  /** Ends it. */
  digest(): Promise<Digest>;
  /** Ends it before its end. */
  drop(): void;
}

/** The thread that all open texts share. */
interface Sharing {
  readonly asked: AskedThread<string[]>;
  readonly open: Set<number>;
}

const nothing = new SharedArrayBuffer(0);
let shared: Sharing | undefined;
let lanes = 0;

export function beginHashedText(): HashedText {
  const { asked, open } = (shared ??= share());
  const lane = (lanes += 1);
  open.add(lane);
  const ask = (memory: SharedArrayBuffer, ranges: readonly number[]): Promise<string[]> =>
    asked.ask({ memory, lane, ranges } satisfies LaneJob);
  const end = async (): Promise<string[]> => {
    open.delete(lane);
    return ask(nothing, [0, 0, 1]);
  };
  return {
    feed: async (memory, bytes) => void (await ask(memory, [0, bytes, 0])),
    digest: async () => digestFromHex((await end())[0] ?? ''),
    drop: () => void end().catch(() => undefined),
  };
}

function share(): Sharing {
  const open = new Set<number>();
  const leave = (): void => {
    if (shared === sharing) shared = undefined;
  };
  const sharing: Sharing = {
    open,
    asked: takeAskedThread({
      onIdle: () => {
        if (shared !== sharing || open.size > 0) return;
        leave();
        sharing.asked.thread.giveBack();
      },
      onEnd: leave,
    }),
  };
  return sharing;
}
