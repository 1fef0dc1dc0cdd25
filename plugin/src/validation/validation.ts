/** The result of validation. It has every finding; nothing is thrown for what is wrong with the content. */
import type { MirrorLocation } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import type { Digest } from '../oci/digest';
import type { Finding } from '../system/errors';
import type { Travels } from './travels';

/** The options of `validate`. */
export interface ValidateOptions extends Run {
  readonly location: MirrorLocation;
  /** Only this sequence of the mirror: `seq2-add-logging`. */
  readonly folder?: string | undefined;
  /** Instead of the mirror: a folder anywhere, with sequences or only archives. */
  readonly path?: string | undefined;
  readonly depth: Depth;
  /** Read only this share of all bytes, of those sequences that were not checked for the longest time. */
  readonly sample?: number | undefined;
  /** Chooses the blobs of a sample; default: Math.random. */
  readonly random?: (() => number) | undefined;
  /** Record in custody.yaml what was found sound. Not with `quick`, which reads no blob. */
  readonly record?: boolean | undefined;
  /** Accept a path without the signature that configured signers would require. */
  readonly allowUnsigned?: boolean | undefined;
  /** The name of the copy that is checked; default: the store, or the path. */
  readonly as?: string | undefined;
}

/**
 * How deep validation goes. `quick`: records, hash links, sizes, and tar structure by headers, no byte of a blob.
 * `full`: also every file against SHA256SUMS. `deep`: every blob against its digest, everything else against the
 * recorded frame, every manifest parsed, every image complete.
 */
export type Depth = 'quick' | 'full' | 'deep';

/**
 * `PROVEN`: complete from its baseline on, by bytes that this run read. `PROVEN GIVEN`: as `PROVEN` if the named
 * sequences are whole, which this run did not check. `CONSISTENT`: nothing contradicts the records; a quick look reads
 * no byte of a blob, and a sample only some blobs. `RECORDS OK`: the same, if bytes should have been read but the
 * archives are not here. `BROKEN`: not what was sealed, or not complete.
 */
export type Verdict = 'PROVEN' | 'PROVEN GIVEN' | 'CONSISTENT' | 'RECORDS OK' | 'BROKEN';

/** The verdict on what was checked. */
export function verdictOn({
  isBroken,
  isHere = true,
  depth,
  given,
}: {
  isBroken: boolean;
  /** Whether its archives, or files, are here. */
  isHere?: boolean | undefined;
  depth: Depth;
  /** What it needs and what was not checked. */
  given: readonly unknown[];
}): Verdict {
  if (isBroken) return 'BROKEN';
  if (depth === 'quick') return 'CONSISTENT';
  if (!isHere) return 'RECORDS OK';
  return given.length > 0 ? 'PROVEN GIVEN' : 'PROVEN';
}

/** An image that could not be uploaded from these archives. */
export interface BrokenImage {
  readonly source: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** Packages of the catalogs that need it; empty if it is not an operator's image. */
  readonly operators: readonly string[];
  /** Blobs that are damaged or missing. Empty if only links are wrong. */
  readonly lacking: readonly Digest[];
}

/** The verdict on one sequence. */
export interface SequenceVerdict {
  /** The sequence's folder; for a set without records, the folder's name, or what the bundle is. */
  readonly name: string;
  /** `undefined` for archives without records. */
  readonly number: number | undefined;
  readonly verdict: Verdict;
  /** What `PROVEN GIVEN` takes for granted: `seq1`, or the sequence itself if its archives are not here. */
  readonly given: readonly string[];
  readonly findings: readonly Finding[];
  readonly brokenImages: readonly BrokenImage[];
  /** Images of its configuration, attached signatures not counted. */
  readonly images: number;
  /** Blobs in its archives that were checked; with `quick` and `full`, by their headers. */
  readonly blobs: number;
  /** Archives that were checked. */
  readonly archives: number;
  /** Bytes of these archives. */
  readonly bytes: number;
  /** Set if only blobs chosen at random were read: how many, and their bytes. */
  readonly sampled?: { readonly blobs: number; readonly bytes: number } | undefined;
  /** Other content of its archives; `undefined` if they are not here. */
  readonly travels: Travels | undefined;
}

/** One volume of a bundle with several: whether its files are the ones that were written. */
export interface VolumeVerdict {
  /** The volume's folder. */
  readonly name: string;
  /** From 1. */
  readonly volume: number;
  readonly volumes: number;
  readonly verdict: Verdict;
  /** Volumes of the same bundle that are not here. */
  readonly given: readonly number[];
  /** Number of files in its SHA256SUMS that are there. */
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
}

/** The result of `validate`: a verdict for each sequence, and everything that is wrong. */
export interface Validation {
  /** What was validated, for people: the mirror's name, or the folder given. */
  readonly subject: string;
  readonly depth: Depth;
  readonly sequences: readonly SequenceVerdict[];
  readonly volumes: readonly VolumeVerdict[];
  /** What is wrong with the chain, or with a bundle's files, as a whole. */
  readonly findings: readonly Finding[];
  /** Folders of sequences whose custody.yaml now says that this copy was found sound. */
  readonly recorded: readonly string[];
  /** The bytes that a sample read, and those of all archives that are here. */
  readonly sample?: { readonly bytes: number; readonly of: number } | undefined;
  /** No error anywhere, and everything that should be checked is here. */
  readonly sound: boolean;
  /** Tasks of the same run of Nx, `mirror-seq1:validate`, that read the archives, so that this one did not have to. */
  readonly readBy?: readonly string[] | undefined;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** Whether the whole and each part is free of errors, and everything is here. */
export function passes(findings: readonly Finding[], verdicts: readonly { readonly verdict: Verdict }[]): boolean {
  return !hasErrors(findings) && verdicts.every(({ verdict }) => verdict !== 'BROKEN' && verdict !== 'RECORDS OK');
}
