/**
 * The sha256 of a whole file in a thread of its own, beside the hashes of its blobs in this one. A byte is read once,
 * into memory that both threads see, and hashed twice: one core with SHA instructions hashes 1.6 GiB/s once and
 * 0.8 GiB/s twice, which is less than a disk can read.
 */
import { Worker } from 'node:worker_threads';
import type { Digest } from '../registry/digest';
import { digestFromHex } from '../registry/digest';

export interface FileHash {
  /** Hashes the next bytes, which are the first `bytes` of a slot. The slot is free again when this resolves. */
  update(slot: number, bytes: number): Promise<void>;
  /** The digest of all since the start. The last question. */
  digest(): Promise<Digest>;
  close(): Promise<void>;
}

// Text, so that it runs the same from the package, from source and under test. It answers every message once.
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { createHash } = require('node:crypto');
  const hash = createHash('sha256');
  parentPort.on('message', ({ slot, bytes }) => {
    if (slot !== undefined) hash.update(new Uint8Array(workerData[slot], 0, bytes));
    parentPort.postMessage(slot === undefined ? hash.digest('hex') : '');
  });
`;

/** Starts the thread. `slots` is the memory that it shares with its caller. */
export function startFileHash(slots: readonly SharedArrayBuffer[]): FileHash {
  const worker = new Worker(program, { eval: true, workerData: slots, env: {}, execArgv: [] });
  const waiting: { resolve: (answer: string) => void; reject: (error: unknown) => void }[] = [];
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on('message', (answer: string) => waiting.shift()?.resolve(answer));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the hashing thread ended')));
  const ask = (message: { slot?: number; bytes?: number }): Promise<string> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      waiting.push({ resolve, reject });
      worker.postMessage(message);
    });
  return {
    update: async (slot, bytes) => void (await ask({ slot, bytes })),
    digest: async () => digestFromHex(await ask({})),
    close: async () => void (await worker.terminate()),
  };
}
