/** Repeats what may pass by itself, for servers that are asked in one place only. */
import type { SeqmirrorError } from '../system/errors';
import type { RegistryConnectionOptions } from './connection';
import { backOffMs } from './retry';
import { sleep } from './sleep';

/** A result, or a failure that may pass, with the milliseconds that the server asks to wait at least. */
export type Attempt<T> = { readonly result: T } | { readonly failure: SeqmirrorError; readonly afterMs: number };

export type RepeatOptions = Pick<RegistryConnectionOptions, 'retries' | 'signal' | 'onRetry' | 'sleep' | 'random'>;

/**
 * Waits longer after each failure, up to 30 s.
 *
 * @throws the last failure, once `retries` repetitions have failed too; whatever `attempt` throws
 */
export async function repeatWhileItMayPass<T>(
  attempt: () => Promise<Attempt<T>>,
  { host, subject }: { readonly host: string; readonly subject: string },
  { retries, signal, onRetry, sleep: wait = sleep, random = Math.random }: RepeatOptions,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    const outcome = await attempt();
    if ('result' in outcome) return outcome.result;
    const { failure, afterMs } = outcome;
    if (failures > retries) throw failure;
    const delayMs = Math.max(afterMs, backOffMs(failures - 1, random));
    onRetry?.({ host, subject, reason: failure.what, failures, delayMs });
    await wait(delayMs, signal);
  }
}
