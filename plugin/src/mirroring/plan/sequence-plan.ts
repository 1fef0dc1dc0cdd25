/** What is known of a sequence before anything of it is fetched: plain data, for the renderers. */
import type { EngineVersion, MirrorPlan } from '../../engine/engine';
import type { SpaceVerdict } from '../../mirror/ensure-space';
import type { BaseChoice } from '../../sequence/intent';
import type { Changes, KindChanges } from './changes';
import type { ExpectedTime } from './expected-time';
import type { UpstreamMoves } from './moves';

export interface SequencePlan {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The planned sequence, or where none is planned the newest sealed one, whose configuration was asked again. */
  readonly folder: string;
  readonly number: number;
  readonly isSealed: boolean;
  /** The sequence that it is compared with. `undefined`: it is the first. */
  readonly since?: { readonly number: number; readonly folder: string; readonly timestamp: string } | undefined;
  readonly base: BaseChoice;
  readonly engine: EngineVersion;
  readonly changes: { readonly kinds: readonly KindChanges[]; readonly total: Changes };
  /** Where there is something to compare with. */
  readonly moves?: UpstreamMoves | undefined;
  /** The archives that would be written. */
  readonly archives: MirrorPlan['archives'];
  readonly bytes: number;
  /** Whether these are the very bytes, unless something moves until then. Else they are an estimate. */
  readonly isExact: boolean;
  /** What they take of a medium, where one was named. */
  readonly volumes?: { readonly media: string; readonly count: number } | undefined;
  /** `undefined`: this machine has no past rate yet. */
  readonly time?: ExpectedTime | undefined;
  readonly space: SpaceVerdict;
  /** What nobody could be asked about. A plan with anything here is not complete. */
  readonly unanswered: MirrorPlan['unanswered'];
  readonly notes: readonly string[];
}

/** `waiting`: what it adds can be told when the one before it is sealed. */
export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: SequencePlan }
  | { readonly kind: 'waiting'; readonly folder: string; readonly waitsFor: string };
