/** What mirroring is asked for, and what comes of it. */
import type { ChosenEngine } from '../engine/choose-engine';
import type { MirrorPlan } from '../engine/engine';
import type { Mirror } from '../mirror/mirror';
import type { SequenceRun } from '../mirror/run';
import type { ArchiveAppearance } from '../mirror/seal-transaction/seal-transaction';
import type { SequenceMetadata } from '../sequence/metadata';

export interface MirrorSequenceOptions extends SequenceRun {
  /** Mirror a configuration that is the same as its predecessor's. */
  readonly refresh: boolean;
  /** Whether Nx will cache this task when it succeeds; allowed for sealed sequences only. */
  readonly cachedByNx: boolean;
}

export type MirrorOutcome =
  | { readonly kind: 'already-sealed'; readonly folder: string; readonly metadata: SequenceMetadata }
  | { readonly kind: 'planned'; readonly folder: string; readonly engine: ChosenEngine; readonly plan: MirrorPlan }
  /** A dry run of a sequence whose predecessor would have to be mirrored first. */
  | { readonly kind: 'waiting'; readonly folder: string; readonly waitsFor: string }
  | SealedOutcome;

export interface SealedOutcome {
  readonly kind: 'sealed';
  readonly mirror: Mirror;
  readonly folder: string;
  readonly metadata: SequenceMetadata;
  readonly newBlobs: number;
  readonly archivesAre: ArchiveAppearance;
}
