/** The difference between two sequences, or between a site and a sequence: plain data, for the renderers. */
import type { ChannelHead } from '../../catalog/selection/selection';
import type { Changes, HeadMove, KindChanges, Move } from '../../mirror/changes/changes';
import type { ImageSummary } from '../../sequence/images';

/** What changed from one sequence of a chain to another. */
export interface ChainDiff {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The site that has `from`, if one was named. */
  readonly site?: string | undefined;
  /** `undefined`: nothing, as a new site has it. */
  readonly from: DiffSide | undefined;
  readonly to: DiffSide;
  readonly changes: { readonly kinds: readonly KindChanges[]; readonly total: Changes };
  /** Versions, ascending. */
  readonly releases: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  readonly operators: OperatorChanges;
  /** Sources of images. */
  readonly images: ImageSummary;
  /** What changed in imageset-config.yaml, as a unified diff; empty if nothing did. */
  readonly config: string;
  /** Files for the cluster that change, release signatures apart. */
  readonly clusterResources: readonly FileChange[];
}

export interface DiffSide {
  readonly number: number;
  readonly folder: string;
  /** When it was sealed, UTC. */
  readonly timestamp: string;
}

export interface OperatorChanges {
  /** Catalogs whose tag stands for another image. */
  readonly catalogs: readonly Move[];
  readonly channels: {
    readonly added: readonly SelectedChannel[];
    readonly dropped: readonly SelectedChannel[];
    readonly moved: readonly HeadMove[];
  };
  /** Sequences whose records do not name heads of channels: oc-mirror reports none. */
  readonly unknownIn: readonly string[];
}

/** A channel of a package, with the version of its head. */
export interface SelectedChannel extends ChannelHead {
  readonly catalog: string;
}

export interface FileChange {
  readonly file: string;
  readonly change: 'added' | 'changed' | 'removed';
}
