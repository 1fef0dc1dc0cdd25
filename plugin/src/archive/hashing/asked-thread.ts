/** A hashing thread that is asked one thing after the other, and answers in that order. */
import type { HashThread } from './hash-threads';
import { takeThread } from './hash-threads';

export interface AskedThread<Answer> {
  /** Rejects when the thread has ended, or after `fail`. */
  ask(job: object): Promise<Answer>;
  /** Whether it has answered everything and nothing has failed. */
  isIdle(): boolean;
  /** Rejects what was asked and is not answered, and all that is asked later. */
  fail(error: unknown): void;
  readonly thread: Pick<HashThread, 'giveBack' | 'terminate'>;
}

/**
 * Takes a thread. A question keeps the process alive until it is answered; a thread that somebody forgot does not.
 *
 * @param events.onIdle called when the last question is answered
 * @param events.onEnd called when the thread has ended by itself
 */
export function takeAskedThread<Answer>(events: { onIdle?: () => void; onEnd?: () => void } = {}): AskedThread<Answer> {
  const waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    for (const { reject } of waiting.splice(0)) reject(failure.error);
  };
  const thread = takeThread<Answer>({
    onAnswer: (answer) => {
      waiting.shift()?.resolve(answer);
      if (waiting.length > 0) return;
      thread.release();
      events.onIdle?.();
    },
    onEnd: (error) => {
      fail(error);
      events.onEnd?.();
    },
  });
  return {
    ask: (job) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure.error);
        waiting.push({ resolve, reject });
        thread.hold();
        thread.post(job);
      }),
    isIdle: () => failure === undefined && waiting.length === 0,
    fail,
    thread,
  };
}
