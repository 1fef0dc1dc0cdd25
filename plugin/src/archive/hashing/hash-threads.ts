/**
 * The threads in which hashes are computed. Starting one takes 25 ms, so a thread that is given back is kept for a
 * moment for the next caller: an adoption that plans and then takes in, a chain of small archives.
 */
import type { Transferable } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { hashProgram } from './hash-program';

/** Whoever gets a thread's answers at present. */
export interface ThreadListener<Answer> {
  onAnswer(answer: Answer): void;
  /** The thread ended, for instance by a bug. */
  onEnd(error: unknown): void;
}

/** It keeps the process alive only between `hold` and `release`. Whoever takes one gives it back, or terminates it. */
export interface HashThread {
  post(message: unknown, transferred?: readonly Transferable[]): void;
  hold(): void;
  release(): void;
  /** For a thread that has answered everything and has no work half done. */
  giveBack(): void;
  terminate(): Promise<unknown>;
}

interface IdleThread {
  readonly thread: HashThread;
  readonly listenTo: (listener: ThreadListener<unknown>) => void;
}

const waitMs = 1000;
const idle: IdleThread[] = [];

// A thread's heap holds only the digests of one batch; its piece lies outside.
const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/** It runs hash-program.ts, and answers there to what is posted here. */
export function takeThread<Answer>(listener: ThreadListener<Answer>): HashThread {
  const taken = idle.pop() ?? startThread();
  taken.listenTo(listener as ThreadListener<unknown>);
  return taken.thread;
}

function startThread(): IdleThread {
  const worker = new Worker(hashProgram, { eval: true, env: {}, execArgv: [], resourceLimits });
  let listener: ThreadListener<unknown> | undefined;
  let end: NodeJS.Timeout | undefined;
  worker.on('message', (answer) => listener?.onAnswer(answer));
  worker.on('error', (error) => {
    forget();
    listener?.onEnd(error);
  });
  worker.on('exit', () => {
    forget();
    listener?.onEnd(new Error('a hashing thread ended'));
  });
  worker.unref();
  const thread: HashThread = {
    post: (message, transferred = []) => worker.postMessage(message, transferred),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    giveBack: () => {
      listener = undefined;
      worker.unref();
      idle.push(own);
      end = setTimeout(() => {
        forget();
        void worker.terminate();
      }, waitMs).unref();
    },
    terminate: () => worker.terminate(),
  };
  const own: IdleThread = {
    thread,
    listenTo: (next) => {
      clearTimeout(end);
      listener = next;
    },
  };
  const forget = (): void => {
    const place = idle.indexOf(own);
    if (place >= 0) idle.splice(place, 1);
  };
  return own;
}
