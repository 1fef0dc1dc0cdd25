import type { Progress } from '../system/progress';
import type { MirrorLocation } from './mirror';

/** What comes from outside while work goes on. */
export interface Run {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** A run that changes one sequence, or only shows what it would change. */
export interface SequenceRun extends Run {
  readonly location: MirrorLocation;
  /** The sequence's folder: `seq2-add-logging`. */
  readonly folder: string;
  readonly dryRun: boolean;
}
