import type { EngineOptions } from '../engine';
import type { Exit } from './exit';
import type { FailedImage } from './failures';
import { isPermanent, isTimeout, isTransient } from './failures';

/** The pace of one run. */
export interface Pace {
  readonly parallelImages: number;
  readonly parallelLayers: number;
  readonly imageTimeoutSeconds: number;
}

/** Why a run ended without archives. */
export interface RunTrouble {
  readonly exit: Exit;
  /** Images that could not be copied. Empty if the run ended while it collected. */
  readonly failed: readonly FailedImage[];
  readonly errors: readonly string[];
  /** Another process took the port between the choice and the start. */
  readonly portTaken: boolean;
}

// Each run starts from the cache, so a later one has less to do; four keep a lasting failure from taking all day.
export const mostAttempts = 4;

const longestImageTimeoutSeconds = 12 * 60 * 60;

export function firstPace(options: EngineOptions): Pace {
  const { parallelImages, parallelLayers, imageTimeoutSeconds } = options;
  return { parallelImages, parallelLayers, imageTimeoutSeconds };
}

/**
 * How to try again: with half the parallelism, since registries that refuse a crowd (429, resets) serve a few, and with
 * four times the time when the time limit was reached, since oc-mirror's limit covers all retries of an image together.
 * `undefined` when trying again cannot help.
 */
export function nextPace(pace: Pace, setback: RunTrouble, attempt: number): Pace | undefined {
  if (attempt >= mostAttempts) return undefined;
  if (setback.portTaken) return pace;
  if (setback.exit.kind !== 'images failed') return undefined;
  const { failed, errors } = setback;
  const passing =
    failed.length > 0
      ? !failed.every(({ reason }) => isPermanent(reason) && !isTransient(reason))
      : errors.some(isTransient);
  if (!passing) return undefined;
  const ranOut = failed.some(({ reason }) => isTimeout(reason));
  return {
    parallelImages: Math.max(1, Math.floor(pace.parallelImages / 2)),
    parallelLayers: Math.max(1, Math.floor(pace.parallelLayers / 2)),
    imageTimeoutSeconds: ranOut
      ? Math.max(pace.imageTimeoutSeconds, Math.min(pace.imageTimeoutSeconds * 4, longestImageTimeoutSeconds))
      : pace.imageTimeoutSeconds,
  };
}
