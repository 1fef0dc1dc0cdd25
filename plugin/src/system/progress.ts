/**
 * How long work reports its progress. The domain calls these; the caller chooses what draws them (a bar, lines,
 * nothing).
 */
export interface Progress {
  /** A step of the work begins: `check`, `mirror`, `verify`, `seal`. Ends the one before it. */
  step(name: string): void;
  /** How many bytes the current step has to do in all, as far as is known. May grow while work is discovered. */
  total(bytes: number): void;
  /** Bytes done since the last call. */
  advance(bytes: number): void;
  /** What the current step is doing, in a few words. Replaces the words before. */
  detail(text: string): void;
  /** A line that stays: something that people should know. */
  note(text: string): void;
  /** Ends the current step with the fact it established. */
  done(fact: string): void;
}

/** Progress that nobody sees. */
export const silentProgress: Progress = {
  step: () => undefined,
  total: () => undefined,
  advance: () => undefined,
  detail: () => undefined,
  note: () => undefined,
  done: () => undefined,
};
