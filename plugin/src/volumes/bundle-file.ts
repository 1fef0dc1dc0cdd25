/** The files of a bundle: laid out before anything is written. */
import type { PlannedArchive } from '../archive/plan';
import type { Slice } from '../archive/write-archive';

/** An archive that is carried whole. */
export interface WholeSource {
  readonly path: string;
  readonly number: number;
  readonly folder: string;
  readonly archive: string;
  readonly bytes: number;
  /** As it was sealed, 64 hexadecimal digits. */
  readonly sha256: string;
}

export type BundleFile = {
  /** Relative to the volume's top, with `/`. */
  readonly path: string;
  readonly bytes: number;
} & (
  | { readonly kind: 'text'; readonly text: string; readonly executable?: boolean | undefined }
  /** A file copied as it is: a record of the chain, the uploader. */
  | {
      readonly kind: 'record';
      readonly from: string;
      /** Hash of a file that never changes, so that a hard link is enough. */
      readonly sha256?: string | undefined;
    }
  /** An archive that is composed from blobs, or a piece of one. */
  | { readonly kind: 'squashed'; readonly archive: PlannedArchive; readonly slice?: Slice | undefined }
  /** An archive of a sequence as it is, or a piece of one. */
  | { readonly kind: 'whole'; readonly source: WholeSource; readonly slice?: Slice | undefined }
);

/** An archive that is larger than a file or a medium may be, in pieces `parts/<name>.001` … over the volumes. */
export interface SplitArchive {
  readonly name: string;
  readonly bytes: number;
  readonly parts: number;
  readonly of: { readonly archive: PlannedArchive } | { readonly source: WholeSource };
}

export interface BundleVolume {
  readonly number: number;
  /** Archives and pieces of archives; the other files are the same on all volumes. */
  readonly archives: readonly BundleFile[];
}

export interface BundleLayout {
  readonly volumes: readonly BundleVolume[];
  readonly splits: readonly SplitArchive[];
}

export interface WrittenArchive {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly from?: string | undefined;
}

/** Facts that are known only when a volume's archives are written. */
export interface VolumeFacts {
  readonly number: number;
  /** UTC, whole seconds: the same on every volume. */
  readonly made: string;
  /** sha256 of each archive that is carried in pieces, by name. */
  readonly splits: ReadonlyMap<string, string>;
  readonly archives: readonly WrittenArchive[];
}
