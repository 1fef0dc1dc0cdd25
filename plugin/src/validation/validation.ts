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
 * The depth of validation. `quick`: records, seals, sizes and tar headers. `full`: also the hash of every file.
 * `deep`: the digest of every blob, all other bytes against the recorded frame, and every manifest and layer of every
 * image.
 */
export type Depth = 'quick' | 'full' | 'deep';

/**
 * `PROVEN`: the sequence and its base are complete; this run has read every byte. `PROVEN GIVEN`: the sequence is
 * complete if the named sequences are complete; this run did not check them. `CONSISTENT`: no error was found, but
 * this run did not read every byte. `RECORDS OK`: the records are correct, but the archives are not on this machine.
 * `RETIRED`: the same for a sequence whose archives `prune` retired. `BROKEN`: the sequence differs from what was sealed, or is not complete.
 */
export type Verdict = 'PROVEN' | 'PROVEN GIVEN' | 'CONSISTENT' | 'RECORDS OK' | 'RETIRED' | 'BROKEN';

/** The verdict on what was checked. */
export function verdictOn({
  isBroken,
  isHere = true,
  depth,
  given,
}: {
  isBroken: boolean;
  /** Whether its archives, or files, are here; `retired`: they were removed on purpose. */
  isHere?: boolean | 'retired' | undefined;
  depth: Depth;
  /** What it needs and what was not checked. */
  given: readonly unknown[];
}): Verdict {
  if (isBroken) return 'BROKEN';
  if (isHere === 'retired') return 'RETIRED';
  if (depth === 'quick') return 'CONSISTENT';
  if (!isHere) return 'RECORDS OK';
  return given.length > 0 ? 'PROVEN GIVEN' : 'PROVEN';
}

/** An image that cannot be uploaded from these archives. */
export interface BrokenImage {
  readonly source: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** The packages that need the image; empty if it is not an image of an operator. */
  readonly operators: readonly string[];
  /** The blobs that are damaged or missing. Empty if only links are wrong. */
  readonly lacking: readonly Digest[];
}

/** The verdict on one sequence. */
export interface SequenceVerdict {
  /** The folder of the sequence. For archives without records: the name of the folder, or the bundle. */
  readonly name: string;
  /** `undefined` for archives without records. */
  readonly number: number | undefined;
  readonly verdict: Verdict;
  /** The sequences that `PROVEN GIVEN` assumes to be complete: `seq1`, or the sequence itself. */
  readonly given: readonly string[];
  readonly findings: readonly Finding[];
  readonly brokenImages: readonly BrokenImage[];
  /** The number of images of the configuration, without attached signatures. */
  readonly images: number;
  /** The number of checked blobs in the archives. `quick` and `full` check only their headers. */
  readonly blobs: number;
  /** The number of checked archives. */
  readonly archives: number;
  /** The bytes of these archives. */
  readonly bytes: number;
  /** Only if some blobs, chosen at random, were read: their number and bytes. */
  readonly sampled?: { readonly blobs: number; readonly bytes: number } | undefined;
  /** Copies of a retired sequence's archives elsewhere, with the day of their last check. */
  readonly copies?: readonly string[] | undefined;
  /** Other content of the archives; `undefined` if the archives are not on this machine. */
  readonly travels: Travels | undefined;
}

/** One volume of a bundle with several volumes: whether its files are unchanged. */
export interface VolumeVerdict {
  /** The volume's folder. */
  readonly name: string;
  /** The number of the volume, from 1. */
  readonly volume: number;
  readonly volumes: number;
  readonly verdict: Verdict;
  /** The other volumes of the bundle, which were not checked. */
  readonly given: readonly number[];
  /** The number of files of SHA256SUMS that exist. */
  readonly files: number;
  /** The bytes of these files. */
  readonly bytes: number;
}

/** The result of `validate`: a verdict for each sequence, and all problems. */
export interface Validation {
  /** What was validated: the name of the mirror, or the folder. */
  readonly subject: string;
  readonly depth: Depth;
  readonly sequences: readonly SequenceVerdict[];
  readonly volumes: readonly VolumeVerdict[];
  /** Problems of the whole chain, or of the files of a bundle. */
  readonly findings: readonly Finding[];
  /** Folders of sequences whose custody.yaml now records this check. */
  readonly recorded: readonly string[];
  /** The bytes that a sample has read, and the bytes of all archives on this machine. */
  readonly sample?: { readonly bytes: number; readonly of: number } | undefined;
  /** Whether there is no error, and everything that had to be checked is on this machine. */
  readonly sound: boolean;
  /** Tasks of the same Nx run that read the archives instead of this task, for example `mirror-seq1:validate`. */
  readonly readBy?: readonly string[] | undefined;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** Whether the whole and each part is free of errors, and everything is here. */
export function passes(findings: readonly Finding[], verdicts: readonly { readonly verdict: Verdict }[]): boolean {
  return !hasErrors(findings) && verdicts.every(({ verdict }) => verdict !== 'BROKEN' && verdict !== 'RECORDS OK');
}
