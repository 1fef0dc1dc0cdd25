import { setTimeout as wait } from 'node:timers/promises';

/** Waits, in milliseconds. If the signal stops it, it throws the signal's reason. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
