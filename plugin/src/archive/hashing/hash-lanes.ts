/**
 * Threads that hash what passes through, while the main one reads and writes. A lane hashes texts one behind the other:
 * each message hands over memory that both sides see, with ranges of it that go on with a text or end one.
 */
import { takeAskedThread } from './asked-thread';
import type { LaneJob } from './hash-program';

export interface HashLane {
  /**
   * Hashes ranges of a piece: from, to, and 1 where a text ends with it, else 0, for each. Resolves when the memory may
   * be used again, with a digest (64 hexadecimal digits) for each text that ended.
   */
  feed(memory: SharedArrayBuffer, ranges: readonly number[]): Promise<string[]>;
}

export interface HashLanes {
  /** For the whole of an output. */
  readonly whole: HashLane;
  /** For the blobs in it. */
  readonly blobs: HashLane;
  close(): Promise<void>;
}

/** Two lanes serve one output at a time. After a failure they are closed: a text may have been left half-way. */
export function startHashLanes(): HashLanes {
  const [whole, blobs] = [startLane(), startLane()];
  return {
    whole,
    blobs,
    close: async () => void (await Promise.all([whole.close(), blobs.close()])),
  };
}

function startLane(): HashLane & { close: () => Promise<void> } {
  const asked = takeAskedThread<string[]>();
  let isHalfWay = false;
  let isClosed = false;
  return {
    feed: (memory, ranges) => {
      if (ranges.length > 0) isHalfWay = ranges.at(-1) === 0;
      return asked.ask({ memory, ranges } satisfies LaneJob);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      const isIdle = asked.isIdle() && !isHalfWay;
      asked.fail(new Error('the hashing threads were closed'));
      if (isIdle) asked.thread.giveBack();
      else await asked.thread.terminate();
    },
  };
}
