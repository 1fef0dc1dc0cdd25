/** The plan of a sequence, before any of it is fetched: plain data, for the renderers. */
import type { EngineVersion, MirrorPlan } from '../../engine/engine';
import type { Changes, KindChanges, UpstreamMoves } from '../../mirror/changes/changes';
import type { SpaceVerdict } from '../../mirror/ensure-space';
import type { BaseChoice } from '../../sequence/intent';
import type { ExpectedTime } from './expected-time';

/** What a sequence would bring: images and bytes by kind, archives, volumes, time and space. */
export interface SequencePlan {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The planned sequence; if none is planned, the newest sealed one, whose configuration was asked for again. */
  readonly folder: string;
  readonly number: number;
  readonly isSealed: boolean;
  /** Whether it asks for what the one before asks for, so that it is mirrored with `--refresh` only. */
  readonly isRepetition: boolean;
  /** The sequence that it is compared with; `undefined` if it is the first. */
  readonly since?: { readonly number: number; readonly folder: string; readonly timestamp: string } | undefined;
  readonly base: BaseChoice;
  readonly engine: EngineVersion;
  readonly changes: { readonly kinds: readonly KindChanges[]; readonly total: Changes };
  /** Only if there is something to compare with. */
  readonly moves?: UpstreamMoves | undefined;
  /** The archives that would be written. */
  readonly archives: MirrorPlan['archives'];
  readonly bytes: number;
  /** Whether these bytes are exact, if nothing changes upstream until then. Else they are an estimate. */
  readonly isExact: boolean;
  /** How many volumes they take, if a medium was named. */
  readonly volumes?: { readonly media: string; readonly count: number } | undefined;
  /** `undefined` if no past run shows a rate on this machine. */
  readonly time?: ExpectedTime | undefined;
  readonly space: SpaceVerdict;
  /** Questions that nobody could answer. A plan with any of them is not complete. */
  readonly unanswered: MirrorPlan['unanswered'];
  readonly notes: readonly string[];
}

/** `waiting`: it can be planned when the sequence before it is sealed. */
export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: SequencePlan }
  | { readonly kind: 'waiting'; readonly folder: string; readonly waitsFor: string };
