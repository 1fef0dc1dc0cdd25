/**
 * Hashes ranges of files in threads. One core with SHA instructions hashes some 1.3 GiB/s (measured), which is less than a disk can
 * read, so several files, and several blobs of one file, are hashed at a time.
 *
 * A thread gets a batch: a path and ranges. It opens the file itself each time, because a pool may outlive the file
 * behind a name, reads it piece by piece, and answers once with all digests. Besides its piece, a thread takes some 10
 * MB.
 */
import { setMaxListeners } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import { mapConcurrently } from '../../system/concurrency';
import { fileTrouble } from '../../system/system-errors';
import { archiveBroken } from '../errors';
import type { HashAnswer, HashJob } from './hash-program';
import type { HashThread } from './hash-threads';
import { takeThread } from './hash-threads';

/** Bytes from the file's start. */
export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

export interface CopiedStretch extends Range {
  readonly from: FileHandle;
  readonly to: FileHandle;
  /** The path of the copy. */
  readonly path: string;
}

export interface HashRun {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes hashed since the last call. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/**
 * Ranges should be in ascending order: those that lie close together are then read in one go.
 *
 * Both throw SEQ0304 when the file ends within a range, and SEQ0702 when it cannot be read.
 */
export interface HashPool {
  /** One digest for each range, in their order. */
  digestsOf(path: string, ranges: readonly Range[], run?: HashRun): Promise<Digest[]>;
  /** One digest over all ranges, in order. */
  digestOf(path: string, ranges: readonly Range[], run?: HashRun): Promise<Digest>;
  /**
   * Copies a stretch of a file to the same place of another, then reads the copy back: one digest for each range.
   *
   * @throws Error of the system when it cannot be written
   */
  digestsOfCopy(copy: CopiedStretch, ranges: readonly Range[], run?: HashRun): Promise<Digest[]>;
  /** Ends all threads. Jobs still under way are rejected. */
  close(): Promise<void>;
}

// A batch is large enough that its message costs nothing, and small enough for threads to end at about the same time.
const batchBytes = 64 * 1024 * 1024;
const batchRanges = 2048;
const digestBytes = 32;

/** Starts threads as jobs wait: at least up to two, so that one is free beside a long file. */
export function startHashPool({ workers = defaultWorkers() }: { workers?: number | undefined } = {}): HashPool {
  const threads = startThreads(workers);
  const hash = async (job: Omit<HashJob, 'stop'>, { signal, progress }: HashRun): Promise<Buffer> => {
    signal?.throwIfAborted();
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const halt = (): void => void Atomics.store(stop, 0, 1);
    if (signal !== undefined) {
      // Many jobs wait for one signal; Node would take that for a leak and warn people.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', halt);
    }
    try {
      return digestsIn(job.path, await threads.ask({ ...job, stop }, progress));
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', halt);
    }
  };
  return {
    digestsOf: async (path, ranges, run = {}) => {
      const limits = { limit: 2 * workers, signal: run.signal };
      const digests = await mapConcurrently(batchesOf(ranges), limits, async ([from, to]) => {
        const all = await hash({ path, ranges: flat(ranges, from, to), mode: 'each' }, run);
        return Array.from({ length: to - from }, (_, number) => digestAt(all, number));
      });
      run.signal?.throwIfAborted();
      return digests.flat();
    },
    digestsOfCopy: async ({ path, from, to, offset, bytes }, ranges, run = {}) => {
      const copy = { from: from.fd, to: to.fd, offset, bytes };
      const all = await hash({ path, ranges: flat(ranges, 0, ranges.length), mode: 'each', copy }, run);
      return ranges.map((_, number) => digestAt(all, number));
    },
    digestOf: async (path, ranges, run = {}) =>
      digestAt(await hash({ path, ranges: flat(ranges, 0, ranges.length), mode: 'joined' }, run), 0),
    close: threads.close,
  };
}

function defaultWorkers(): number {
  return Math.max(2, Math.min(4, availableParallelism()));
}

/** Pairs of the first range and the one behind the last. A range larger than a batch is a batch by itself. */
function batchesOf(ranges: readonly Range[]): [from: number, to: number][] {
  const batches: [number, number][] = [];
  let from = 0;
  let bytes = 0;
  for (const [number, range] of ranges.entries()) {
    if (number > from && (bytes + range.bytes > batchBytes || number - from >= batchRanges)) {
      batches.push([from, number]);
      from = number;
      bytes = 0;
    }
    bytes += range.bytes;
  }
  if (from < ranges.length) batches.push([from, ranges.length]);
  return batches;
}

function flat(ranges: readonly Range[], from: number, to: number): Float64Array {
  const numbers = new Float64Array(2 * (to - from));
  for (let number = from; number < to; number += 1) {
    const { offset, bytes } = ranges[number] as Range;
    numbers[2 * (number - from)] = offset;
    numbers[2 * (number - from) + 1] = bytes;
  }
  return numbers;
}

function digestAt(all: Buffer, number: number): Digest {
  return digestFromHex(all.toString('hex', number * digestBytes, (number + 1) * digestBytes));
}

function digestsIn(path: string, answer: HashAnswer): Buffer {
  switch (answer.kind) {
    case 'digests':
      return Buffer.from(answer.digests.buffer, answer.digests.byteOffset, answer.digests.length);
    case 'short':
      throw archiveBroken({
        archive: basename(path),
        offset: answer.offset,
        why: 'the file became shorter while seqmirror read it',
      });
    case 'failed':
      if (answer.verb === 'written') throw Object.assign(new Error(answer.message), { code: answer.code });
      throw fileTrouble({ path, verb: 'read', reason: answer.code, cause: new Error(answer.message) });
    case 'stopped':
      throw new Error('hashing was stopped');
  }
}

interface QueuedJob {
  readonly job: HashJob;
  readonly progress: HashRun['progress'];
  readonly resolve: (answer: HashAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Up to so many threads with one queue, from which each takes the next job when it is idle. */
function startThreads(count: number): {
  ask: (job: HashJob, progress: HashRun['progress']) => Promise<HashAnswer>;
  close: () => Promise<void>;
} {
  const queue: QueuedJob[] = [];
  const busy = new Map<HashThread, QueuedJob>();
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const { reject } of [...busy.values(), ...queue.splice(0)]) reject(failure);
    busy.clear();
  };
  const threads: HashThread[] = [];
  const assign = (): void => {
    while (queue.length > 0) {
      const thread = threads.find((each) => !busy.has(each)) ?? (threads.length < count ? start() : undefined);
      const next = thread === undefined ? undefined : queue.shift();
      if (thread === undefined || next === undefined) return;
      busy.set(thread, next);
      thread.hold();
      thread.post(next.job, [next.job.ranges.buffer as ArrayBuffer]);
    }
  };
  const start = (): HashThread => {
    const thread = takeThread<HashAnswer | number>({
      onAnswer: (answer) => {
        const waiting = busy.get(thread);
        if (typeof answer === 'number') return waiting?.progress?.(answer);
        busy.delete(thread);
        // An idle pool that somebody forgot must not keep the process alive.
        thread.release();
        assign();
        waiting?.resolve(answer);
      },
      onEnd: fail,
    });
    threads.push(thread);
    return thread;
  };
  return {
    ask: (job, progress) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        queue.push({ job, progress, resolve, reject });
        assign();
      }),
    close: async () => {
      const isIdle = failure === undefined && busy.size === 0;
      fail(new Error('the hashing threads were closed'));
      const ended = threads.splice(0);
      if (isIdle) for (const thread of ended) thread.giveBack();
      else await Promise.all(ended.map((thread) => thread.terminate()));
    },
  };
}
