/**
 * Makes a sealed sequence's archives again if they are lost or damaged: the same blobs by digest, from any source.
 * Sound archives stay untouched, and the seal is never written.
 */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { startHashPool } from '../archive/hashing/hashing';
import { writeUploadFiles } from '../bundle-format/upload-files';
import { storeFolder } from '../mirror/data-directory';
import { openMirror, sequencePath, inTree } from '../mirror/mirror';
import { recordNames } from '../mirror/records';
import type { SequenceRun } from '../mirror/run';
import type { ArchiveAppearance } from '../mirror/seal-transaction/seal-transaction';
import {
  applyTransaction,
  bringIntoStore,
  linkFromStore,
  reissueStage,
  removeStage,
} from '../mirror/seal-transaction/seal-transaction';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { declareHeld, renderCustody } from '../sequence/custody';
import { writeFileAtomically } from '../system/atomic-file';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { isSeqmirrorError, systemErrorCode } from '../system/errors';
import { diskFull } from '../system/system-errors';
import { planReissue } from './plan-reissue';
import type { ReissuePlan } from './reissue-plan';
import { sharesOf, wantedBlobs } from './reissue-plan';
import { replacementOf } from './replacement';
import type { DamageSurvey } from './survey';
import { readSealed, surveySequence } from './survey';
import type { Looked } from './make-all';
import { makeAll } from './make-all';

/** The options of `reissueSequence`. */
export interface ReissueOptions extends SequenceRun {
  /** Folders with other copies of the sequence's archives, absolute or relative to the top of the workspace. */
  readonly from: readonly string[];
}

/** What `reissueSequence` found, would do, or did. */
export type ReissueOutcome =
  /** Every archive is as it was sealed. `linked`: links to some archives were missing, and were made again. */
  | {
      readonly kind: 'sound';
      readonly mirror: string;
      readonly folder: string;
      readonly archives: number;
      readonly linked: boolean;
    }
  | { readonly kind: 'planned'; readonly mirror: string; readonly folder: string; readonly plan: ReissuePlan }
  | {
      readonly kind: 'reissued';
      readonly mirror: string;
      readonly number: number;
      readonly folder: string;
      /** The plan, with the sources from which the blobs really came. */
      readonly plan: ReissuePlan;
      /** `as sealed`: identical archives; `repackaged`: the same content in archives with other checksums. */
      readonly packaging: 'as sealed' | 'repackaged';
      readonly archivesAre: ArchiveAppearance;
      readonly warnings: readonly Finding[];
    };

/**
 * Reissues one sequence, or finds that nothing is wrong with it. Can be stopped at any moment and run again.
 *
 * @throws SEQ0330 when blobs are no longer available (custody.yaml then says so), SEQ0331 when a copy has to be
 *   brought,
 *   SEQ0332 when a registry could not be asked, SEQ0333 when it isn't sealed, SEQ0203 while another run goes on
 *
 * @example
 * ```ts
 * await reissueSequence({ ...run, location, folder: 'seq2-add-logging', from: ['/media/disk'], dryRun: false });
 * ```
 */
export async function reissueSequence(options: ReissueOptions): Promise<ReissueOutcome> {
  const mirror = await openMirror(options.location);
  const { folder, signal } = options;
  await readSealed(mirror, folder);
  const pool = startHashPool();
  try {
    if (options.dryRun) {
      const { survey, prepared } = await lookAt(options, { mirror, pool });
      return prepared.plan.recipes.length === 0
        ? soundOutcome(survey, { linked: false })
        : { kind: 'planned', mirror: mirror.name, folder, plan: prepared.plan };
    }
    return await withMirrorLock(mirror, { purpose: `reissue ${folder}`, ...options }, async () => {
      signal.throwIfAborted();
      const outcome = await work(options, { mirror, pool });
      await writeUploadFiles(mirror);
      return outcome;
    });
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOSPC' || isSeqmirrorError(error)) throw error;
    throw diskFull({ folder: mirror.data.root, cause: error });
  } finally {
    await pool.close();
  }
}

interface ReissueTools {
  readonly mirror: DamageSurvey['mirror'];
  readonly pool: HashPool;
}

async function lookAt(
  { folder, from: given, location, progress, signal }: ReissueOptions,
  { mirror, pool }: ReissueTools,
): Promise<Looked> {
  progress.step('check');
  const from = given.map((path) => resolve(location.workspaceRoot, path));
  const survey = await surveySequence(mirror, { folder, from, pool, progress, signal });
  const at = reissueStage(mirror.data, survey.entry);
  const prepared = await planReissue(survey, { at, pool, signal });
  const { plan } = prepared;
  progress.done(`${counted(plan.sound.length, 'archive')} undamaged, ${plan.damaged.length} lost or damaged`);
  return { survey, prepared, at };
}

async function work(options: ReissueOptions, opened: ReissueTools): Promise<ReissueOutcome> {
  const { progress, signal, folder } = options;
  const { mirror } = opened;
  const looked = await lookAt(options, opened);
  const { at } = looked;
  const { entry } = looked.survey;
  if (looked.prepared.plan.recipes.length === 0) {
    const linked = await bringBack(looked.survey);
    await removeStage(at);
    return soundOutcome(looked.survey, { linked });
  }

  const { survey, plan, secured, made } = await makeAll(options, looked, { pool: opened.pool, copies: new Map() });
  const { replacement, packaging } = replacementOf(survey, { plan, made, archivesFrom: at.archives });

  progress.step('replace');
  signal.throwIfAborted();
  await bringSoundIntoStore(survey);
  const archivesAre = await applyTransaction(mirror, replacement, { signal });
  progress.done(`in ${storeFolder(mirror.data, folder, entry.seal)}`);
  const { number } = entry;
  const { warnings } = plan;
  const { sources } = sharesOf(wantedBlobs(plan.recipes).values(), (digest) => secured.proven.get(digest));
  const done = { ...plan, sources };
  return { kind: 'reissued', mirror: mirror.name, number, folder, plan: done, packaging, archivesAre, warnings };
}

/** No archive has to be made: those missing in the store or the folder are linked from the other. */
async function bringBack(survey: DamageSurvey): Promise<boolean> {
  const { mirror, entry, metadata, custody } = survey;
  const archives = metadata.archives.map(({ name }) => name);
  const before = await Promise.all(archives.map((name) => inodes(survey, name)));
  await bringSoundIntoStore(survey);
  if (archives.length > 0) await linkFromStore(mirror, { ...entry, archives });
  if (custody !== undefined && custody.state !== 'held') {
    const path = sequencePath(mirror, entry.folder, recordNames.custody);
    await writeFileAtomically(inTree(mirror, path), renderCustody(declareHeld(custody)));
  }
  const after = await Promise.all(archives.map((name) => inodes(survey, name)));
  return JSON.stringify(before) !== JSON.stringify(after);
}

/**
 * Moves every sound archive into the store that is sound only in the sequence's folder, or in the store under a former
 * name. What was in its place was damaged.
 */
async function bringSoundIntoStore({ mirror, entry, own }: DamageSurvey): Promise<void> {
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  for (const { recorded, files } of own) {
    const sound = files.find((file) => file.sound !== undefined);
    if (sound !== undefined) await bringIntoStore(mirror.data, sound.path, join(store, recorded.name));
  }
}

async function inodes({ mirror, entry }: DamageSurvey, name: string): Promise<(string | undefined)[]> {
  const paths = [
    join(storeFolder(mirror.data, entry.folder, entry.seal), name),
    sequencePath(mirror, entry.folder, name),
  ];
  return Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ dev, ino }) => `${dev}:${ino}`,
        () => undefined,
      ),
    ),
  );
}

function soundOutcome({ mirror, entry, metadata }: DamageSurvey, { linked }: { linked: boolean }): ReissueOutcome {
  return { kind: 'sound', mirror: mirror.name, folder: entry.folder, archives: metadata.archives.length, linked };
}
