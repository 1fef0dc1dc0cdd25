/** What validation says. Every finding is in it; nothing is thrown for what is wrong with the content. */
import type { MirrorLocation } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import type { Digest } from '../oci/digest';
import type { Finding } from '../system/errors';
import type { Travels } from './travels';

export interface ValidateOptions extends Run {
  readonly location: MirrorLocation;
  /** Only this sequence of the mirror: `seq2-add-logging`. */
  readonly folder?: string | undefined;
  /** Instead of the mirror: a folder anywhere, with sequences or with archives alone. */
  readonly path?: string | undefined;
  readonly depth: Depth;
  /** Only those sequences that were not checked for the longest time, up to this share of all bytes. */
  readonly sample?: number | undefined;
  /** Note in custody.yaml what was found sound. Not of `quick`, which looks at no blob. */
  readonly record?: boolean | undefined;
  /** The name of the copy that is looked at; default: the store, or the path. */
  readonly as?: string | undefined;
}

/**
 * How far validation looks. `quick`: records, hash links, sizes, and tar structure by headers, no byte of a blob.
 * `full`: also every file against SHA256SUMS. `deep`: every blob against its own name, everything else against the
 * recorded frame, every manifest parsed, every image complete.
 */
export type Depth = 'quick' | 'full' | 'deep';

/**
 * `PROVEN`: complete from its baseline on, by what this run looked at. `PROVEN GIVEN`: as `PROVEN` if the sequences named
 * are whole, which this run did not look at. `BROKEN`: not what was sealed, or not complete.
 */
export type Verdict = 'PROVEN' | 'PROVEN GIVEN' | 'BROKEN';

/** An image that could not be uploaded from these archives. */
export interface BrokenImage {
  readonly source: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** Packages of the catalogs that need it; empty for what is no operator's. */
  readonly operators: readonly string[];
  /** Blobs that are damaged or nowhere. Empty: only links are wrong. */
  readonly lacking: readonly Digest[];
}

export interface SequenceVerdict {
  /** The sequence's folder, or of a set without records the folder's name. */
  readonly name: string;
  /** `undefined` for archives without records. */
  readonly number: number | undefined;
  readonly verdict: Verdict;
  /** Of `PROVEN GIVEN`: `seq1`; the sequence itself where its archives are not here. */
  readonly given: readonly string[];
  readonly findings: readonly Finding[];
  readonly brokenImages: readonly BrokenImage[];
  /** Images of its configuration, attached signatures not counted. */
  readonly images: number;
  /** Blobs in its archives that were looked at; of `quick` and `full`, by their headers. */
  readonly blobs: number;
  /** Archives that were looked at. */
  readonly archives: number;
  /** Of these archives. */
  readonly bytes: number;
  /** What travels in them besides blobs; `undefined` when they are not here. */
  readonly travels: Travels | undefined;
}

export interface Validation {
  /** What was validated, for people: the mirror's name, or the folder given. */
  readonly subject: string;
  readonly depth: Depth;
  readonly sequences: readonly SequenceVerdict[];
  /** What is wrong with the chain as a whole. */
  readonly findings: readonly Finding[];
  /** Folders of sequences whose custody.yaml says now that this copy was found sound. */
  readonly recorded: readonly string[];
  /** No error anywhere. */
  readonly sound: boolean;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
