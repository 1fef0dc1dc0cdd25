/** The plan of a sequence, before any of it is fetched: plain data, for the renderers. */
import type { EngineVersion, MirrorPlan } from '../../engine/engine';
import type { Changes, KindChanges, UpstreamMoves } from '../../mirror/changes/changes';
import type { SpaceVerdict } from '../../mirror/ensure-space';
import type { BaseChoice } from '../../sequence/intent';
import type { ExpectedTime } from './expected-time';

/** What a sequence would download: images and bytes of each kind, archives, volumes, time and disk space. */
export interface SequencePlan {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The planned sequence. If no sequence is planned: the newest sealed sequence, planned again. */
  readonly folder: string;
  readonly number: number;
  readonly isSealed: boolean;
  /** Whether the configuration is the same as the previous one, so that mirroring needs `--refresh`. */
  readonly isRepetition: boolean;
  /** The sequence to compare with; `undefined` for the first sequence. */
  readonly since?: { readonly number: number; readonly folder: string; readonly timestamp: string } | undefined;
  readonly base: BaseChoice;
  readonly engine: EngineVersion;
  readonly changes: { readonly kinds: readonly KindChanges[]; readonly total: Changes };
  /** Only if there is a sequence to compare with. */
  readonly moves?: UpstreamMoves | undefined;
  /** The archives that would be written. */
  readonly archives: MirrorPlan['archives'];
  readonly bytes: number;
  /** Whether the bytes are exact, if nothing changes upstream. Otherwise they are an estimate. */
  readonly isExact: boolean;
  /** The number of volumes, if the command named a medium. */
  readonly volumes?: { readonly media: string; readonly count: number } | undefined;
  /** `undefined` if no earlier run on this machine shows the speed. */
  readonly time?: ExpectedTime | undefined;
  readonly space: SpaceVerdict;
  /** Images for which no registry answered. A plan with such images is not complete. */
  readonly unanswered: MirrorPlan['unanswered'];
  readonly notes: readonly string[];
}

/** `waiting`: the previous sequence must be sealed before this sequence can be planned. */
export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: SequencePlan }
  | { readonly kind: 'waiting'; readonly folder: string; readonly waitsFor: string };
