/**
 * Seals a sequence, or completes a sealed one again. After a crash at any moment, the next run finishes the work.
 * Mirroring, adoption, renumber and reissue describe the result as a value and call this with the mirror's lock held:
 *
 *   1. all of it into the stage, on disk for good       crash: nothing has changed, and the stage is filled again
 *   2. commit.json, bound to its bytes and to us        crash from here on: the next run does 3 to 10, or takes them back
 *   3. archives, each by rename into the store, then their frames; those that it has no more go
 *   4. links to them in the sequence's folder, each by rename, so that at no moment an archive's name is missing
 *   5. records, each by rename; the last one not yet
 *   6. chain.lock, unless it has the line               crash: said to be sealed
 *   7. the last record, seq-metadata.yaml: now it is sealed
 *   8. content/seq-upload.sh, then what uploads from its
 *      folder, seq-upload.env last                      crash: until the next run no copy of it can be uploaded
 *   9. what it replaces goes, its seq-metadata.yaml first
 *  10. the stage goes, commit.json first
 *
 * A stage that this account did not commit (binding.ts) is not simply finished: a sequence that chain.lock has is
 * proven from its bytes (prove-staged.ts), and everything else is cleared away and made again.
 */
import { join } from 'node:path';
import type { SequenceMetadata } from '../../sequence/metadata';
import { makeFolder } from '../../system/change-folder';
import { syncFolder, syncFile } from '../../system/sync';
import { recordSchema } from '../../yaml/schema-version';
import { storeFolder, inData } from '../data-directory';
import type { FramedIndex } from '../frames';
import { writeFrames } from '../frames';
import type { Mirror } from '../mirror';
import { sequencePath } from '../mirror';
import { bound } from './binding';
import type { Commit, Origin } from './commit';
import { withinData, writeCommit } from './commit';
import type { ArchiveAppearance } from './move-in';
import { archivesIn } from './move-in';
import { promote } from './promote';
import type { Stage } from './stage';
import { reissueStage, sealStage, stageTexts } from './stage';
import type { UploadFiles } from './upload-files';

export type { Commit } from './commit';
export type { ArchiveAppearance } from './move-in';
export { archivesIn, bringIntoStore, linkFromStore, removeArchiveLinks } from './move-in';
export { readCommit } from './read-commit';
export { isStagedProven, recover } from './recover';
export type { Stage } from './stage';
export { reissueStage, removeStage, sealStage } from './stage';
export type { UploadFiles } from './upload-files';
export { hasUploadFiles, putUploadFiles, removeUploadFiles } from './upload-files';

/** What one sequence will be, and where its parts are until then. */
export interface SealTransaction {
  readonly origin: Origin;
  readonly folder: string;
  /** The metadata that it will have: with the sequence's number, seals and archives. */
  readonly metadata: SequenceMetadata;
  /** Texts for the sequence's folder, in the order of writing: the last one makes it valid. */
  readonly texts: ReadonlyMap<string, string>;
  /**
   * Files for uploading from its folder, in the order of writing. Absent if the sequence is sealed already and has
   * them.
   */
  readonly uploadFiles?: UploadFiles | undefined;
  /** The folder within the data directory that its archives are moved out of; absent if they are in place. */
  readonly archivesFrom?: string | undefined;
  /** Archives that it had before. Without it, whatever has the name of an archive where these go is removed. */
  readonly removed?: readonly string[] | undefined;
  /** Frames to keep: made from archives, or moved from the sequence that this one replaces. */
  readonly frames: readonly FramedIndex[] | { readonly from: string };
  /** A sealed sequence whose place this takes. */
  readonly replaces?: Commit['replaces'];
}

/** @returns how the archives appear in the sequence's folder */
export async function applyTransaction(
  mirror: Mirror,
  transaction: SealTransaction,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<ArchiveAppearance> {
  const stage = stageOf(mirror, transaction);
  await fillStage(stage, transaction, { signal });
  const commit = await bound(mirror, stage, await commitOf(mirror, stage, transaction));
  await writeCommit(stage, commit);
  return promote(mirror, stage, commit);
}

function stageOf({ data }: Mirror, { origin, folder, metadata }: SealTransaction): Stage {
  return origin === 'reissued' ? reissueStage(data, { folder, seal: metadata.seal }) : sealStage(data, folder);
}

async function fillStage(
  stage: Stage,
  { metadata, texts, uploadFiles, frames, archivesFrom }: SealTransaction,
  run: { readonly signal: AbortSignal | undefined },
): Promise<void> {
  if (!('from' in frames)) await writeFrames(inData(stage.data, stage.frames), frames, run);
  await stageTexts(stage, new Map<string, string>([...texts, ...(uploadFiles ?? [])]));
  if (archivesFrom === undefined) return;
  await makeFolder(inData(stage.data, archivesFrom));
  const names = await archivesIn(archivesFrom);
  for (const { name } of metadata.archives) if (names.includes(name)) await syncFile(join(archivesFrom, name));
  await syncFolder(archivesFrom);
}

async function commitOf(mirror: Mirror, stage: Stage, transaction: SealTransaction): Promise<Commit> {
  const { origin, folder, metadata, texts, uploadFiles, frames, archivesFrom, replaces } = transaction;
  const { sequence_number: number, seal, previous, provenance } = metadata;
  const archives = metadata.archives.map(({ name }) => name);
  const there = [storeFolder(mirror.data, folder, seal), sequencePath(mirror, folder)];
  const others = (await Promise.all(there.map(archivesIn))).flat().filter((name) => !archives.includes(name));
  const framesFrom = 'from' in frames ? frames.from : stage.frames;
  return {
    schema: recordSchema,
    origin,
    entry: { number, folder, seal },
    previous,
    configSha256: provenance.config_sha256,
    archivesFrom: archivesFrom === undefined ? undefined : withinData(mirror.data, archivesFrom),
    archives,
    removed: [...(transaction.removed ?? new Set(others))],
    framesFrom: withinData(mirror.data, framesFrom),
    records: [...texts.keys()],
    uploads: uploadFiles === undefined ? undefined : [...uploadFiles.keys()],
    replaces,
  };
}
