/** The difference between two sequences, or between a site and a sequence: plain data, for the renderers. */
import type { ChannelHead } from '../../catalog/selection/selection';
import type { Changes, HeadMove, KindChanges, Move } from '../../mirror/changes/changes';
import type { ImageSummary } from '../../sequence/images';

/** What changed from one sequence of a chain to another. */
export interface ChainDiff {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The site that has `from`, if the command named a site. */
  readonly site?: string | undefined;
  /** `undefined`: no sequence, as for a new site. */
  readonly from: DiffSide | undefined;
  readonly to: DiffSide;
  readonly changes: { readonly kinds: readonly KindChanges[]; readonly total: Changes };
  /** Versions, ascending. */
  readonly releases: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  readonly operators: OperatorChanges;
  /** The names of images. */
  readonly images: ImageSummary;
  /** The unified diff of imageset-config.yaml; empty if nothing changed. */
  readonly config: string;
  /** Cluster resources that change, without release signatures. */
  readonly clusterResources: readonly FileChange[];
}

export interface DiffSide {
  readonly number: number;
  readonly folder: string;
  /** The time of the seal, in UTC. */
  readonly timestamp: string;
}

export interface OperatorChanges {
  /** Catalogs whose tag points to another image now. */
  readonly catalogs: readonly Move[];
  readonly channels: {
    readonly added: readonly SelectedChannel[];
    readonly dropped: readonly SelectedChannel[];
    readonly moved: readonly HeadMove[];
  };
  /** Sequences whose records do not contain heads of channels, for example sequences of oc-mirror. */
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
