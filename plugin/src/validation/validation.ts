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
  /** Only this share of all bytes, of those sequences that were not checked for the longest time. */
  readonly sample?: number | undefined;
  /** Chooses the blobs of a sample; default: Math.random. */
  readonly random?: (() => number) | undefined;
  /** Note in custody.yaml what was found sound. Not of `quick`, which looks at no blob. */
  readonly record?: boolean | undefined;
  /** Accept a path without the signature that configured signers would require. */
  readonly allowUnsigned?: boolean | undefined;
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
 * `PROVEN`: complete from its baseline on, by bytes that this run read. `PROVEN GIVEN`: as `PROVEN` if what is named is
 * whole, which this run did not look at. `CONSISTENT`: nothing contradicts the records; a quick look reads no byte of a
 * blob, and a sample only some blobs. `RECORDS OK`: the same, where bytes were to be read and the archives are not here.
 * `BROKEN`: not what was sealed, or not complete.
 */
export type Verdict = 'PROVEN' | 'PROVEN GIVEN' | 'CONSISTENT' | 'RECORDS OK' | 'BROKEN';

/** The verdict on what was looked at. */
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
  /** What it needs and what was not looked at. */
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
  /** What `PROVEN GIVEN` takes for granted: `seq1`, or the sequence itself if its archives are not here. */
  readonly given: readonly string[];
  readonly findings: readonly Finding[];
  readonly brokenImages: readonly BrokenImage[];
  /** Images of its configuration, attached signatures not counted. */
  readonly images: number;
  /** Blobs in its archives that were looked at; of `quick` and `full`, by their headers. */
  readonly blobs: number;
  /** Archives that were looked at. */
  readonly archives: number;
  /** Bytes of these archives. */
  readonly bytes: number;
  /** Set where only blobs chosen at random were read: how many, and their bytes. */
  readonly sampled?: { readonly blobs: number; readonly bytes: number } | undefined;
  /** What travels in them besides blobs; `undefined` when they are not here. */
  readonly travels: Travels | undefined;
}

/** One volume of a bundle that has several: whether its files are those that it was carried with. */
export interface VolumeVerdict {
  /** The volume's folder. */
  readonly name: string;
  /** From 1. */
  readonly volume: number;
  readonly volumes: number;
  readonly verdict: Verdict;
  /** Volumes of the same bundle that are not here. */
  readonly given: readonly number[];
  /** Files of its SHA256SUMS that are there. */
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
}

export interface Validation {
  /** What was validated, for people: the mirror's name, or the folder given. */
  readonly subject: string;
  readonly depth: Depth;
  readonly sequences: readonly SequenceVerdict[];
  readonly volumes: readonly VolumeVerdict[];
  /** What is wrong with the chain, or with a bundle's files, as a whole. */
  readonly findings: readonly Finding[];
  /** Folders of sequences whose custody.yaml says now that this copy was found sound. */
  readonly recorded: readonly string[];
  /** What a sample read, and of how much: all archives that are here. In bytes. */
  readonly sample?: { readonly bytes: number; readonly of: number } | undefined;
  /** No error anywhere, and everything that was to be looked at is here. */
  readonly sound: boolean;
  /** Tasks of the same run of Nx, `mirror-seq1:validate`, that read the archives, so that this one had not to. */
  readonly readBy?: readonly string[] | undefined;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** Whether nothing is wrong with what was validated as a whole, nor with any of it, and all of it is here. */
export function passes(findings: readonly Finding[], verdicts: readonly { readonly verdict: Verdict }[]): boolean {
  return !hasErrors(findings) && verdicts.every(({ verdict }) => verdict !== 'BROKEN' && verdict !== 'RECORDS OK');
}
