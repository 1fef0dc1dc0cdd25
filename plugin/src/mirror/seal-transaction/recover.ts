/** Finishes or takes back what killed runs had committed. */
import { basename, join } from 'node:path';
import { sealedEntry } from '../../sequence/chain-lock';
import { removeFile, removeTree, removeIfEmpty, linkFile } from '../../system/change-folder';
import { isSeqmirrorError, systemErrorCode } from '../../system/errors';
import { namesIn } from '../../system/files';
import { configSha256 } from '../check-sealed';
import { framesFolder, storeFolder, inData } from '../data-directory';
import { commitUnreadable } from '../errors';
import { frameFileName } from '../frames';
import type { Mirror } from '../mirror';
import { readChain, sequencePath, inTree } from '../mirror';
import { readConfig, readMetadataIfThere, recordNames } from '../records';
import { finishChainSignature } from '../signing/signing';
import { bound, isBound } from './binding';
import type { Commit } from './commit';
import { writeCommit } from './commit';
import { archivesIn, moveFiles, removeArchiveLinks } from './move-in';
import { promote } from './promote';
import { provenFromBytes, sealedRecords } from './prove-staged';
import { readCommit } from './read-commit';
import type { Stage } from './stage';
import { reissueStage, removeStage, stageAt } from './stage';

/**
 * Call it with the lock held, before anything else reads the chain.
 *
 * @returns one line for people for each thing done; usually none
 */
export async function recover(mirror: Mirror): Promise<string[]> {
  await finishChainSignature(mirror);
  const notes: string[] = [];
  for (const stage of await stagesIn(mirror, 'stage')) notes.push(...(await recoverSeal(mirror, stage)));
  for (const stage of await stagesIn(mirror, 'reissue')) notes.push(...(await recoverReissue(mirror, stage)));
  return notes;
}

async function stagesIn({ data }: Mirror, kind: 'stage' | 'reissue'): Promise<Stage[]> {
  const folder = join(data.root, kind);
  return (await namesIn(folder)).map((name) => stageAt(data, join(folder, name)));
}

async function recoverSeal(mirror: Mirror, stage: Stage): Promise<string[]> {
  const commit = await readCommit(stage);
  if (commit === undefined) {
    // It was promoted, and killed while it cleared up.
    if (await isSealedFrom(mirror, stage)) await removeStage(stage);
    return [];
  }
  const { folder } = commit.entry;
  if (basename(stage.root) !== folder || commit.origin === 'reissued')
    throw commitUnreadable({ file: stage.commit, stage: stage.root });
  if (!(await isBound(mirror, stage, commit))) return recoverUnproven(mirror, stage, commit);
  if (await stillStands(mirror, commit)) {
    await promote(mirror, stage, commit);
    return [`${folder}: an earlier run was stopped while it sealed this sequence; seqmirror has now finished it`];
  }
  await takeBack(mirror, stage, commit);
  return [
    `${folder}: an earlier run was stopped while it sealed this sequence. The configuration or the place in the chain has changed since then, so that work was discarded`,
  ];
}

/**
 * Recovers a stage that is not proven to be ours. If chain.lock has its line, that line proves the records, and the
 * records prove the archives. Everything else would get into chain.lock, perhaps signed, without any proof.
 */
async function recoverUnproven(mirror: Mirror, stage: Stage, commit: Commit): Promise<string[]> {
  const { folder } = commit.entry;
  const proven = await provenFromBytes(mirror, stage, commit);
  if (proven !== undefined) {
    const verified = await bound(mirror, stage, proven);
    await writeCommit(stage, verified);
    await promote(mirror, stage, verified);
    return [
      `${folder}: an earlier run was stopped while it sealed this sequence; seqmirror has hashed its files again and finished it`,
    ];
  }
  await clearUnproven(mirror, stage, commit);
  return [
    `${folder}: an earlier run seems to have been stopped, but nothing proves that seqmirror wrote ${stage.root}. The folder was deleted; mirror the sequence again`,
  ];
}

/**
 * Such a commit is not trusted to remove anything outside the stage. Archives that it may have moved are put back to
 * where a run finds them and proves them again.
 */
async function clearUnproven(mirror: Mirror, stage: Stage, commit: Commit): Promise<void> {
  const { entry, origin, archives, replaces } = commit;
  const { lock } = await readChain(mirror);
  const [store, frames] = placesOf(mirror, entry);
  const isSealed = lock.entries.some(
    (line) => line.state === 'sealed' && placesOf(mirror, line).includes(store) && line.seal !== replaces?.seal,
  );
  if (!isSealed && origin === 'mirrored') await moveFiles(mirror.data, store, { to: stage.engine, names: archives });
  const former = lock.entries.find(({ state, seal }) => state === 'sealed' && seal === replaces?.seal);
  if (!isSealed && origin === 'renumbered' && former?.folder === replaces?.folder && former !== undefined) {
    const [formerStore, formerFrames] = placesOf(mirror, former);
    const there = await archivesIn(formerStore);
    const moved = archives.filter((name) => !there.includes(name));
    await moveFiles(mirror.data, store, { to: formerStore, names: moved });
    await moveFiles(mirror.data, frames, { to: formerFrames, names: moved.map(frameFileName) });
  }
  if (origin !== 'mirrored') return removeStage(stage);
  await removeFile(inData(stage.data, stage.commit));
  for (const folder of [stage.records, stage.frames]) await removeTree(inData(stage.data, folder));
}

/** Whether the next run will finish a commit: it is ours, or chain.lock has its line and its records match the seal. */
export async function isStagedProven(mirror: Mirror, stage: Stage, commit: Commit): Promise<boolean> {
  return (await isBound(mirror, stage, commit)) || (await sealedRecords(mirror, stage, commit)) !== undefined;
}

async function isSealedFrom(mirror: Mirror, stage: Stage): Promise<boolean> {
  const { lock } = await readChain(mirror);
  return lock.entries.some(({ folder, state }) => state === 'sealed' && folder === basename(stage.root));
}

/**
 * Recovers a reissue. A stage without a commit stays: what was fetched into it serves the next reissue. A commit for a
 * sequence that is sealed differently now is thrown away; what is still wrong is found when its archives are checked.
 */
async function recoverReissue(mirror: Mirror, stage: Stage): Promise<string[]> {
  const commit = await readCommit(stage).catch((error) => {
    if (!isSeqmirrorError(error)) throw error;
    return 'unreadable' as const;
  });
  if (commit === undefined) return [];
  if (commit === 'unreadable' || !(await isOfSealed(mirror, stage, commit))) {
    await removeStage(stage);
    return [
      `${stage.commit}: the files of an earlier reissue do not fit the sealed sequence. They were deleted; you can run reissue again`,
    ];
  }
  if (!(await isBound(mirror, stage, commit))) return recoverUnprovenReissue(mirror, stage, commit);
  await promote(mirror, stage, commit);
  return [`${commit.entry.folder}: an earlier reissue was stopped at its end; seqmirror has now finished it`];
}

async function recoverUnprovenReissue(mirror: Mirror, stage: Stage, commit: Commit): Promise<string[]> {
  const { folder } = commit.entry;
  const proven = await provenFromBytes(mirror, stage, commit);
  if (proven === undefined) {
    await removeStage(stage);
    return [
      `${folder}: the files of an earlier reissue in ${stage.root} differ from what was sealed. They were deleted; you can run reissue again`,
    ];
  }
  const verified = await bound(mirror, stage, proven);
  await writeCommit(stage, verified);
  await promote(mirror, stage, verified);
  return [`${folder}: an earlier reissue was stopped at its end; seqmirror has hashed its files again and finished it`];
}

async function isOfSealed(mirror: Mirror, stage: Stage, { entry, origin }: Commit): Promise<boolean> {
  const { lock } = await readChain(mirror);
  const there = sealedEntry(lock, entry.number);
  const isSame = there?.seal === entry.seal && there.folder === entry.folder;
  return origin === 'reissued' && isSame && reissueStage(mirror.data, entry).root === stage.root;
}

/** Whether the chain is still as it was when the commit was written. */
async function stillStands(
  mirror: Mirror,
  { entry, previous, configSha256: sealedConfig, replaces, origin }: Commit,
): Promise<boolean> {
  const chain = await readChain(mirror);
  const there = sealedEntry(chain.lock, entry.number);
  // A renumbered sequence may take a number that the other branch's next sequence still claims.
  if (there !== undefined && (replaces === undefined || there.seal === entry.seal)) return there.seal === entry.seal;
  if (chain.findings.some(({ severity }) => severity === 'error') && replaces === undefined) return false;
  const before = entry.number === 1 ? null : (sealedEntry(chain.lock, entry.number - 1)?.seal ?? null);
  if (before !== previous) return false;
  // A sequence that was made elsewhere brings its configuration along.
  if (origin !== 'mirrored' && origin !== 'renumbered') return true;
  return (await configOf(mirror, (replaces ?? entry).folder)) === sealedConfig;
}

async function configOf(mirror: Mirror, folder: string): Promise<string | undefined> {
  return readConfig(mirror, folder).then(
    ({ config }) => configSha256(config),
    () => undefined,
  );
}

async function takeBack(mirror: Mirror, stage: Stage, commit: Commit): Promise<void> {
  switch (commit.origin) {
    case 'bundle':
    case 'reissued':
      // The files that were written are in the bundle too, and the archives in the store were there before.
      break;
    case 'adopted in place':
      await giveBackArchives(mirror, commit);
      break;
    case 'renumbered':
      if (await removeRecords(mirror, commit)) await moveBack(mirror, commit);
      break;
    case 'adopted':
    case 'mirrored':
      await removeRecords(mirror, commit);
      for (const place of placesOf(mirror, commit.entry)) await removeTree(inData(mirror.data, place));
  }
  await removeStage(stage);
}

const broughtAlong: readonly string[] = [recordNames.config, recordNames.intent, recordNames.custody];

/**
 * Removes the files that were written into the sequence's folder, unless it is sealed. @returns whether it removed them
 */
async function removeRecords(mirror: Mirror, { entry, origin, records }: Commit): Promise<boolean> {
  const folder = sequencePath(mirror, entry.folder);
  const sealed = await readMetadataIfThere(mirror, entry.folder).catch(() => undefined);
  if (sealed !== undefined) return false;
  await removeArchiveLinks(mirror, entry.folder);
  for (const name of records) {
    if (origin !== 'mirrored' || !broughtAlong.includes(name)) await removeFile(inTree(mirror, join(folder, name)));
  }
  if (origin !== 'mirrored') await removeIfEmpty(inTree(mirror, folder)).catch(() => undefined);
  return true;
}

/** Archives of a sequence that is being renumbered are sealed already: they go back to its place in the store. */
async function moveBack(mirror: Mirror, { entry, archives, replaces }: Commit): Promise<void> {
  if (replaces === undefined) return;
  const [store, frames] = placesOf(mirror, entry);
  const [formerStore, formerFrames] = placesOf(mirror, replaces);
  await moveFiles(mirror.data, store, { to: formerStore, names: archives });
  await moveFiles(mirror.data, frames, { to: formerFrames, names: archives.map(frameFileName) });
  for (const place of [store, frames]) await removeTree(inData(mirror.data, place));
}

/** Where archives and their frames are. */
function placesOf({ data }: Mirror, { folder, seal }: Commit['entry']): [string, string] {
  return [storeFolder(data, folder, seal), framesFolder(data, folder, seal)];
}

/**
 * Archives that were in the sequence's folder before get their names there again. There may be no other copy, so the
 * store keeps them.
 */
async function giveBackArchives(mirror: Mirror, { entry, archives }: Commit): Promise<void> {
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  for (const name of archives) {
    await linkFile(join(store, name), inTree(mirror, sequencePath(mirror, entry.folder, name))).catch((error) => {
      if (!['EEXIST', 'ENOENT', 'EXDEV'].includes(systemErrorCode(error) ?? '')) throw error;
    });
  }
}
