/** Where a benchmark works: a folder of its own, and the promise that nothing outlives it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface Workbench {
  readonly folder: string;
  /** Aborted when the user stops everything. */
  readonly signal: AbortSignal;
  /** Is done at the end, whatever happened, the last one ordered first. */
  atEnd(work: () => Promise<void>): void;
}

/** Runs with a temporary folder, and cleans up afterwards even when the work failed or was stopped. */
export async function withWorkbench<T>(signal: AbortSignal, work: (bench: Workbench) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-bench-'));
  const cleanups: (() => Promise<void>)[] = [];
  try {
    return await work({ folder, signal, atEnd: (cleanup) => void cleanups.push(cleanup) });
  } finally {
    for (const cleanup of cleanups.reverse()) {
      await cleanup().catch((error: unknown) => console.error('clean-up failed:', error));
    }
    // Records and archives of a sealed sequence are read-only; their folders are not.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Waits until the disk has what earlier runs wrote, so that they are not paid for by the next one. */
export async function settle(): Promise<void> {
  await once(spawn('sync', { stdio: 'ignore' }), 'exit');
}

/** Waits until records that were just written are old enough for what is found in them to be kept: file-state.ts. */
export async function settledRecords(): Promise<void> {
  await settle();
  await setTimeout(3000);
}
