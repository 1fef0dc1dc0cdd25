/**
 * Copies archives to a place outside the mirror. For each sequence: each archive is copied, hashed on the way, and read
 * back from there; then custody.yaml lists the copy. After a stop at any moment, the same command continues.
 */
import type { Mirror } from '../../mirror/mirror';
import { openMirror } from '../../mirror/mirror';
import { writeCustody } from '../../mirror/records';
import type { Run } from '../../mirror/run';
import { commandsBack, copiesOf } from '../../mirror/way-back';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import { withVerifiedCopy } from '../../sequence/custody';
import { dateOf } from '../../sequence/one-line';
import { sumOfBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import type { CopyPlace, RecordedArchive } from '../copies/copies';
import { copyOut, missingAt, openPlaceToFill, requireSpaceAt } from '../copies/copies';
import { nothingToCopy } from '../errors';
import type { SequenceHere } from '../sequence-here';
import type { CustodyScope } from './list-custody';
import { sequencesOf } from './list-custody';

/** The options of `copyArchives`. */
export interface CopyOptions extends Run, CustodyScope {
  /** A folder that exists, absolute or from the top of the workspace, or `s3://bucket/prefix`. */
  readonly to: string;
  readonly dryRun: boolean;
}

/** A sequence that was copied, or would be. */
export interface CopiedSequence {
  readonly number: number;
  readonly folder: string;
  /** The bytes of all its archives. */
  readonly bytes: number;
  /** Archives that were copied now; with `dryRun`, those that are not there yet. */
  readonly copied: readonly string[];
}

/** What `copyArchives` did, or would do. */
export interface CopyOutcome {
  readonly kind: 'planned' | 'copied';
  readonly mirror: string;
  /** As custody.yaml names it. */
  readonly place: string;
  /** Each is complete at the place now; with `dryRun`, it would be. */
  readonly sequences: readonly CopiedSequence[];
  /** Folders of sequences whose archives are not all on this machine, so that they were not copied. */
  readonly left: readonly string[];
}

/**
 * Copies the archives of all sequences that are on this machine, or of one.
 *
 * @throws SEQ0261 and SEQ0263 for the place, SEQ0262 for an archive or a copy that is not what was sealed, SEQ0268 if no
 *   archive is here, SEQ0530 … SEQ0533 for object storage, SEQ0203 while another run goes on
 *
 * @example
 * ```ts
 * await copyArchives({ ...run, location, to: 's3://mirror-archive/ocp', dryRun: false });
 * ```
 */
export async function copyArchives(options: CopyOptions): Promise<CopyOutcome> {
  const { location, to, folder, dryRun } = options;
  const mirror = await openMirror(location);
  const place = await openPlaceToFill(to, { mirror, env: location.env, run: options });
  const prepare = async () => {
    const sequences = await sequencesOf(mirror, { folder });
    const here = sequences.filter((sequence) => sequence.place === 'here');
    if (here.length === 0) {
      const missing = sequences.map(({ entry, custody }) => ({ ...entry, custody }));
      const next = commandsBack(mirror.name, missing.slice(-1));
      throw nothingToCopy({ mirror: mirror.name, asked: folder, next });
    }
    await requireSpaceAt(mirror, here, place);
    const left = sequences.filter((sequence) => sequence.place !== 'here' && !isCopied(sequence, place));
    return { here, left: left.map(({ entry }) => entry.folder) };
  };
  const outcome = { mirror: mirror.name, place: place.where };
  try {
    if (dryRun) {
      const { here, left } = await prepare();
      const sequences: CopiedSequence[] = [];
      for (const sequence of here) sequences.push(copiedOf(sequence, await missingAt(mirror, sequence, place)));
      return { kind: 'planned', ...outcome, sequences, left };
    }
    return await withMirrorLock(mirror, { purpose: 'custody --copy', ...options }, async () => {
      const { here, left } = await prepare();
      return { kind: 'copied', ...outcome, sequences: await copyAll(mirror, here, { ...options, place }), left };
    });
  } finally {
    await place.close();
  }
}

async function copyAll(
  mirror: Mirror,
  sequences: readonly SequenceHere[],
  { place, ...run }: Run & { readonly place: CopyPlace },
): Promise<CopiedSequence[]> {
  const { progress } = run;
  progress.step('copy');
  // Each byte goes there, and comes back to be hashed.
  let total = 0;
  for (const sequence of sequences) {
    total += sumOfBytes(sequence.metadata.archives) + sumOfBytes(await missingAt(mirror, sequence, place));
  }
  progress.total(total);
  const done: CopiedSequence[] = [];
  for (const sequence of sequences) {
    const { folder } = sequence.entry;
    progress.detail(folder);
    const copied = await copyOut(mirror, sequence, { place, ...run });
    const { where } = place;
    await writeCustody(mirror, folder, withVerifiedCopy(sequence.custody, { where, date: dateOf(run.now()) }));
    done.push({ ...copiedOf(sequence, []), copied });
  }
  progress.done(`${counted(done.length, 'sequence')}, every archive read back`);
  return done;
}

function copiedOf({ entry, metadata }: SequenceHere, missing: readonly RecordedArchive[]): CopiedSequence {
  const { number, folder } = entry;
  return { number, folder, bytes: sumOfBytes(metadata.archives), copied: missing.map(({ name }) => name) };
}

function isCopied({ custody }: SequenceHere, { where }: CopyPlace): boolean {
  return copiesOf(custody).some((copy) => copy.where === where);
}
