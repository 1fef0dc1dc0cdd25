/** The options of mirroring, and its outcome. */
import type { Mirror } from '../mirror/mirror';
import type { SequenceRun } from '../mirror/run';
import type { ArchiveAppearance } from '../mirror/seal-transaction/seal-transaction';
import type { SequenceMetadata } from '../sequence/metadata';
import type { PlanOutcome } from './plan/plan';

/** The options of `mirrorSequence`. */
export interface MirrorSequenceOptions extends SequenceRun {
  /** Mirror a configuration that is the same as its predecessor's. */
  readonly refresh: boolean;
  /** Whether Nx will cache this task when it succeeds; allowed for sealed sequences only. Default: no. */
  readonly cachedByNx?: boolean | undefined;
}

/** What `mirrorSequence` did: sealed it, found it sealed, or planned it in a dry run. */
export type MirrorOutcome =
  | { readonly kind: 'already-sealed'; readonly folder: string; readonly metadata: SequenceMetadata }
  /** A dry run. */
  | PlanOutcome
  | SealedOutcome;

/** A sequence that this run mirrored and sealed. */
export interface SealedOutcome {
  readonly kind: 'sealed';
  readonly mirror: Mirror;
  readonly folder: string;
  readonly metadata: SequenceMetadata;
  /** Counted as a plan counts them: an image under two tags counts twice, a tag that moved is new and dropped. */
  readonly images: { readonly total: number; readonly added: number; readonly dropped: number };
  readonly newBlobs: number;
  readonly archivesAre: ArchiveAppearance;
}
