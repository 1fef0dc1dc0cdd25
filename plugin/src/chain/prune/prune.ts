/**
 * Retires archives, never records: deletes those that nobody needs any more, or moves them to a place. What is done is
 * what a plan said that a person has seen. For each sequence, in this order:
 *
 *   1. with a folder (or a place in object storage): each archive is copied under a temporary name, hashed on the way, fsynced, renamed, and read back
 *      from that disk                              crash: the copy is taken up where it is whole
 *   2. custody.yaml says retired, and where the copy is
 *   3. the archives go: their names in the sequence's folder, then those in the store
 *                                                  crash: they are in the next plan again
 *
 * Before the first of them, every archive that the newest sequence needs is read and is what was sealed.
 */
import { startHashPool } from '../../archive/hashing/hashing';
import type { Mirror, MirrorLocation } from '../../mirror/mirror';
import { inTree, openMirror, sequencePath } from '../../mirror/mirror';
import { writeCustody } from '../../mirror/records';
import type { Run } from '../../mirror/run';
import { storeFolders, inData } from '../../mirror/data-directory';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import { hexOf } from '../../oci/digest';
import { declareRetired } from '../../sequence/custody';
import { dateOf } from '../../sequence/one-line';
import { formatBytes, sumOfBytes } from '../../system/byte-size';
import { removeFile, removeIfEmpty, removeTree } from '../../system/change-folder';
import { counted } from '../../system/counted';
import { below } from '../../system/path-below';
import { newestDamaged, pruneChanged, pruneOptionUnusable } from '../errors';
import { join } from 'node:path';
import { copyOut, openPlaceToFill, requireSpaceAt } from '../copies/copies';
import type { CopyPlace } from '../copies/copies';
import type { SequenceHere } from '../sequence-here';
import type { PreparedPrune, PrunePlan, PruneRule } from './prune-plan';
import { planPrune } from './prune-plan';

export type { KeptSequence, PrunePlan, RetiredSequence } from './prune-plan';
export type { RetentionReason } from './retention';

/** The options of `pruneMirror`. */
export interface PruneOptions extends Run {
  readonly location: MirrorLocation;
  /** How many of the newest sequences stay complete; at least 1. */
  readonly keep: number;
  /** Retire only sequences that were sealed more than so many days ago. */
  readonly olderThanDays?: number | undefined;
  /**
   * A place to move archives to: a folder that exists, absolute or from the top of the workspace, or `s3://bucket/prefix`.
   */
  readonly to?: string | undefined;
  /** The id of the plan to apply; without it, the plan is only made. */
  readonly apply?: string | undefined;
}

/** What `pruneMirror` would do, or did. */
export interface PruneOutcome {
  readonly kind: 'planned' | 'pruned';
  readonly plan: PrunePlan;
}

/**
 * Plans what archives can be retired, or retires them if `apply` names exactly the plan that is right now.
 *
 * @throws SEQ0259 if the plan has changed, SEQ0260 unless the newest sequence is complete, SEQ0261 and SEQ0263 for the
 *   folder, SEQ0262 for an archive that is not what was sealed, SEQ0265 for options, SEQ0203 while another run goes on
 *
 * @example
 * ```ts
 * const { plan } = await pruneMirror({ ...run, location, keep: 3 });
 * await pruneMirror({ ...run, location, keep: 3, apply: plan.id });
 * ```
 */
export async function pruneMirror(options: PruneOptions): Promise<PruneOutcome> {
  const { location, keep, olderThanDays, apply } = options;
  if (!Number.isSafeInteger(keep) || keep < 1) throw keepUnusable(keep);
  const mirror = await openMirror(location);
  const place =
    options.to === undefined
      ? undefined
      : await openPlaceToFill(options.to, { mirror, env: location.env, run: options });
  try {
    const rule: PruneRule = { keep, olderThanDays, to: place?.where };
    const prepare = async () => {
      const prepared = await planPrune(mirror, rule, options.now());
      const retired = prepared.plan.retired.map(({ number }) => prepared.sequences[number - 1] as SequenceHere);
      if (place !== undefined) await requireSpaceAt(mirror, retired, place);
      return prepared;
    };
    if (apply === undefined) return { kind: 'planned', plan: (await prepare()).plan };
    return await withMirrorLock(mirror, { purpose: 'prune', ...options }, async () => {
      const prepared = await prepare();
      const { plan } = prepared;
      if (plan.id !== apply) throw pruneChanged({ asked: apply });
      await applyPlan(mirror, prepared, { ...options, place });
      return { kind: 'pruned', plan };
    });
  } finally {
    await place?.close();
  }
}

type PruneRun = Run & { readonly place: CopyPlace | undefined };

async function applyPlan(mirror: Mirror, { plan, sequences }: PreparedPrune, run: PruneRun): Promise<void> {
  const { progress, signal } = run;
  if (plan.retired.length > 0) await proveNewest(mirror, { plan, sequences }, run);
  progress.step('retire');
  for (const { number } of plan.retired) {
    signal.throwIfAborted();
    await retire(mirror, sequences[number - 1] as SequenceHere, run);
  }
  for (const { path } of plan.leftOvers) await removeTree(inData(mirror.data, path));
  progress.done(`${counted(plan.retired.length, 'sequence')}, ${formatBytes(plan.freed)} freed`);
}

/** @throws SEQ0260 if an archive that the newest sequence needs is damaged */
async function proveNewest(
  mirror: Mirror,
  { plan, sequences }: PreparedPrune,
  { progress, signal }: Run,
): Promise<void> {
  const needed = plan.newest.needs.flatMap((number) => sequences[number - 1] ?? []);
  const here = needed.filter(({ place }) => place === 'here');
  progress.step('verify');
  progress.total(sumOfBytes(here.flatMap(({ metadata }) => metadata.archives)));
  const pool = startHashPool();
  try {
    for (const { entry, archives } of here) {
      for (const { name, file, recorded } of archives) {
        if (file === undefined) continue;
        const ranges = [{ offset: 0, bytes: file.bytes }];
        const digest = await pool.digestOf(file.path, ranges, { signal, progress: progress.advance });
        if (hexOf(digest) === recorded.sha256) continue;
        const facts = { mirror: mirror.name, number: entry.number, folder: entry.folder, archive: name };
        throw newestDamaged({ ...facts, needs: plan.newest.folder });
      }
    }
  } finally {
    await pool.close();
  }
  progress.done(`every archive that ${plan.newest.folder} needs is what was sealed`);
}

async function retire(mirror: Mirror, sequence: SequenceHere, { place, ...run }: PruneRun): Promise<void> {
  const { entry, metadata, custody } = sequence;
  const { folder } = entry;
  if (place !== undefined) await copyOut(mirror, sequence, { place, ...run });
  const moved = place === undefined ? undefined : { where: place.where, date: dateOf(run.now()) };
  await writeCustody(mirror, folder, declareRetired(custody, moved));
  const names = metadata.archives.map(({ name }) => name);
  for (const name of names) await removeFile(inTree(mirror, sequencePath(mirror, folder, name)));
  for (const store of storeFolders(mirror.data, folder, metadata)) {
    for (const name of names) await removeFile(inData(mirror.data, join(store, name)));
    await removeIfEmpty(below(inData(mirror.data, store).root, store));
  }
}

function keepUnusable(keep: number): Error {
  return pruneOptionUnusable({
    option: `--keep=${keep}`,
    why: 'The newest sequence always stays complete, so the number must be at least 1',
    next: 'Give a whole number, for example --keep=3',
  });
}
