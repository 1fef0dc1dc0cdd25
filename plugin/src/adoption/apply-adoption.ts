/**
 * Carries out an adoption plan, one sequence after the other. For each:
 *
 *   1. a folder of content/ that gets another number or name is renamed      crash: it is found under its new name
 *   2. archives come into the stage, by hard link or copy, and are checked   crash: they are still at their old place
 *   3. the transaction, as after mirroring                                   crash: the next run finishes it
 *   4. when moving: the names at the old place are removed                   crash: the next run finds them in the store
 */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readArchiveIndex } from '../archive/archive-index';
import { uploadFilesOf, writeUploadFiles } from '../bundle-format/upload-files';
import type { ForeignArchive } from '../foreign/foreign-set';
import type { SourceFolder } from '../foreign/source-folders';
import { isSameFile } from '../foreign/source-folders';
import { inData } from '../mirror/data-directory';
import { ensureSpaceIn } from '../mirror/ensure-space';
import type { FramedIndex } from '../mirror/frames';
import type { Mirror } from '../mirror/mirror';
import { openMirror, sequencePath, inTree } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import type { ArchiveAppearance, Stage } from '../mirror/seal-transaction/seal-transaction';
import { applyTransaction, sealStage } from '../mirror/seal-transaction/seal-transaction';
import { ensureCanSign, requireChainSignature } from '../mirror/signing/signing';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { parseSequenceFolder } from '../sequence/folder';
import { shortSeal } from '../sequence/seal';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import { makeFolder, removeFile, move } from '../system/change-folder';
import { isThere } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import { syncFolder } from '../system/sync';
import { chainToBe } from './chain-to-be';
import { chainMoved, inTheWay } from './errors';
import type { AdoptedSequence } from './measure';
import type { AdoptionPlan } from './plan-adoption';
import { arrange, hasArchives } from './plan-adoption';
import { takeArchives } from './take-archives';

/** What `applyAdoption` did. */
export interface AdoptionOutcome {
  readonly adopted: readonly {
    readonly folder: string;
    readonly archivesAre: ArchiveAppearance;
  }[];
  /** Names at the old place that were removed, with `move`. */
  readonly removed: readonly string[];
}

/**
 * Adopts what was planned: takes the archives, and seals one sequence after the other.
 *
 * @throws SEQ0203 while another run goes on, SEQ0250 when the chain has changed since the plan was made, SEQ0252 and
 *   SEQ0253 for archives that cannot be taken, SEQ0701 when copies do not fit; what was adopted before stays adopted
 *
 * @example
 * ```ts
 * await applyAdoption(await planAdoption({ ...run, location, source: '/srv/old/content', taking: 'link' }), run);
 * ```
 */
export async function applyAdoption(plan: AdoptionPlan, run: Run): Promise<AdoptionOutcome> {
  const mirror = await openMirror(plan.location);
  return withMirrorLock(mirror, { purpose: 'adopt', ...run }, async () => {
    const { sequences, finished } = await agreed(mirror, plan);
    await requireChainSignature(mirror);
    await ensureCanSign(mirror);
    await ensureCopiesFit(mirror, plan, sequences);
    const adopted: { folder: string; archivesAre: ArchiveAppearance }[] = [];
    const removed: string[] = [];
    const leave = async (source: SourceFolder): Promise<void> => {
      if (plan.taking === 'move') removed.push(...(await removeOriginals(mirror, source)));
    };
    for (const source of finished) await leave(source);
    for (const sequence of sequences) {
      run.progress.step('adopt');
      run.progress.detail(sequence.folder);
      adopted.push({ folder: sequence.folder, archivesAre: await adopt(mirror, sequence, { plan, run }) });
      await leave(sequence.source.folder);
      run.progress.done(`${sequence.folder}: ${shortSeal(sequence.metadata.seal)}`);
    }
    await writeUploadFiles(mirror);
    return { adopted, removed };
  });
}

/** The plan for the chain as it is under the lock: unchanged, unless an earlier run had to be finished first. */
async function agreed(
  mirror: Mirror,
  plan: AdoptionPlan,
): Promise<{ sequences: AdoptedSequence[]; finished: SourceFolder[] }> {
  const { sealed } = await chainToBe(mirror);
  const verified = plan.verified.filter((source) => !sealed.some((sequence) => hasArchives(sequence, source)));
  const sequences = await arrange(mirror, { ...plan, verified });
  const isPlanned = ({ folder, metadata }: AdoptedSequence): boolean =>
    plan.sequences.some((planned) => planned.folder === folder && planned.metadata.seal === metadata.seal);
  const moved = verified.length === plan.verified.length ? sequences.find((each) => !isPlanned(each)) : undefined;
  if (moved !== undefined) throw chainMoved({ planned: moved.source.shown, mirror: mirror.name });
  const finished = plan.verified.filter((source) => !verified.includes(source)).map(({ folder }) => folder);
  return { sequences, finished: [...plan.already.map(({ source }) => source), ...finished] };
}

async function adopt(
  mirror: Mirror,
  sequence: AdoptedSequence,
  { plan, run }: { plan: AdoptionPlan; run: Run },
): Promise<ArchiveAppearance> {
  const { folder, from, source, metadata, texts, destinationImages: images } = sequence;
  const { taking } = plan;
  const target = sequencePath(mirror, folder);
  const isNew = from === undefined && !(await isThere(target));
  if (from !== undefined && from !== folder) await renameFolder(mirror, { from, to: folder });
  const stage = sealStage(mirror.data, folder);
  run.progress.total(sumOfBytes(source.archives.map(({ file }) => file)));
  await takeArchives(source.archives, {
    ...run,
    to: inData(mirror.data, stage.archives),
    taking,
    pathOf: ({ file }: ForeignArchive) => (from === undefined ? file.path : join(target, file.name)),
    data: mirror.data.root,
    totalText: formatBytes(sumOfBytes(plan.sequences.flatMap((each) => each.source.archives.map(({ file }) => file)))),
  });
  return applyTransaction(
    mirror,
    {
      origin: isNew ? 'adopted' : 'adopted in place',
      folder,
      metadata,
      texts,
      uploadFiles: await uploadFilesOf(mirror, { seal: metadata.seal, images }),
      archivesFrom: stage.archives,
      frames: await stagedIndexes(stage, source.archives, run),
    },
    run,
  );
}

/** The indexes of whole archives. An archive that was cut has no frame to be made again from. */
async function stagedIndexes(
  stage: Stage,
  archives: readonly ForeignArchive[],
  { signal }: Run,
): Promise<FramedIndex[]> {
  const indexes: FramedIndex[] = [];
  for (const { file, frameSha256 } of archives) {
    if (frameSha256 === undefined) continue;
    indexes.push({
      name: file.name,
      index: await readArchiveIndex(join(stage.archives, file.name), { signal }),
    });
  }
  return indexes;
}

async function renameFolder(mirror: Mirror, { from, to }: { from: string; to: string }): Promise<void> {
  if (await isThere(sequencePath(mirror, to))) throw inTheWay({ folder: to, target: to, mirror: mirror.name });
  await move(inTree(mirror, sequencePath(mirror, from)), inTree(mirror, sequencePath(mirror, to)));
  await syncFolder(mirror.content);
}

/**
 * Removes only names that still lead to what was verified, and never those in content/ itself, which are the sequence's
 * own.
 */
async function removeOriginals(mirror: Mirror, source: SourceFolder): Promise<string[]> {
  const removed: string[] = [];
  const content = await realpath(mirror.content);
  if (dirname(source.path) === content && parseSequenceFolder(source.name) !== undefined) return removed;
  for (const file of source.archives) {
    if (!(await isSameFile(file.path, file))) continue;
    await removeFile(below(readableRoot(source.path), file.path));
    removed.push(file.path);
  }
  return removed;
}

async function ensureCopiesFit(
  mirror: Mirror,
  { taking }: AdoptionPlan,
  sequences: readonly AdoptedSequence[],
): Promise<void> {
  await makeFolder(inData(mirror.data, mirror.data.root));
  const { dev } = await lstat(mirror.data.root);
  const files = sequences.flatMap(({ source }) => source.archives.map(({ file }) => file));
  const copied = taking === 'copy' ? files : taking === 'move' ? files.filter(({ device }) => device !== dev) : [];
  if (copied.length === 0) return;
  await ensureSpaceIn(mirror.data.root)({ download: 0, archives: sumOfBytes(copied), cache: 0 });
}
