/**
 * Makes a commit true. Every step can be done again, so after a crash it is simply repeated from the first:
 *
 *   1. archives: one rename from the stage into the store        crash before: nothing is visible
 *   2. their frames: the same                                    crash: complete files, of a sequence not sealed
 *   3. links to the archives in the sequence's folder            crash: the same
 *   4. records, each by rename; seq-metadata.yaml not yet        crash: the same
 *   5. chain.lock                                                crash: said to be sealed, the next run finishes
 *   6. seq-metadata.yaml: now it is sealed
 *   7. what it replaces is removed, its seq-metadata.yaml first
 *   8. the stage is removed, commit.json first
 */
import { access, chmod, link, mkdir, readFile, readdir, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChainEntry } from '../../sequence/chain-lock';
import { syncFolder, writeFileAtomically } from '../../system/atomic-file';
import { systemErrorCode } from '../../system/errors';
import { framesFolder, stageFolder, storeFolder } from '../data-directory';
import type { Mirror } from '../mirror';
import { readChain, sequencePath } from '../mirror';
import { recordNames, uploadNames } from '../records';
import { writeChainLock } from '../signing/signing';
import type { Commit } from './commit';
import { commitFile, recordsFolder } from './commit';

/** @returns how the archives appear in the sequence's folder; `absent` when this machine doesn't have them */
export async function promote(mirror: Mirror, commit: Commit): Promise<'linked' | 'symlinked' | 'absent'> {
  const { entry, replaces } = commit;
  const stage = stageFolder(mirror.data, entry.folder);
  const present = await moveArchives(mirror, commit);
  await moveFrames(mirror, commit);
  const appearance = present ? await linkArchives(mirror, commit) : 'absent';

  const last = commit.records.at(-1);
  for (const name of commit.records) {
    if (name === last) await recordInChain(mirror, commit);
    const content = await readFile(join(recordsFolder(stage), name));
    await writeFileAtomically(sequencePath(mirror, entry.folder, name), content);
  }
  if (replaces !== undefined) await removeSequenceFolder(mirror, replaces.folder);
  await removeStage(stage);
  return appearance;
}

async function moveArchives(mirror: Mirror, { entry, archivesFrom, archives }: Commit): Promise<boolean> {
  const from = join(mirror.data.root, archivesFrom);
  const to = storeFolder(mirror.data, entry.folder, entry.seal);
  await moveFolder(from, to);
  const found = await readdir(to).catch(() => [] as string[]);
  return archives.length > 0 && archives.every((name) => found.includes(name));
}

async function moveFrames(mirror: Mirror, { entry, framesFrom }: Commit): Promise<void> {
  if (framesFrom === undefined) return;
  await moveFolder(join(mirror.data.root, framesFrom), framesFolder(mirror.data, entry.folder, entry.seal));
}

async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  // Missing: moved before a crash, or never on this machine.
  if (!(await exists(from))) return;
  // What lies there belongs to no sealed sequence: a `void` was stopped before it had removed it.
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
  await syncFolder(dirname(to));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function linkArchives(mirror: Mirror, { entry, archives }: Commit): Promise<'linked' | 'symlinked'> {
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  const folder = sequencePath(mirror, entry.folder);
  await mkdir(folder, { recursive: true });
  await removeArchiveLinks(folder);
  let appearance: 'linked' | 'symlinked' = 'linked';
  for (const name of archives) {
    await chmod(join(store, name), 0o444);
    try {
      await link(join(store, name), join(folder, name));
    } catch (error) {
      if (systemErrorCode(error) !== 'EXDEV') throw error;
      await symlink(join(store, name), join(folder, name));
      appearance = 'symlinked';
    }
  }
  await syncFolder(folder);
  return appearance;
}

/** Removes the names `mirror_*.tar` from a sequence's folder. What they are links to stays in the store. */
export async function removeArchiveLinks(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) if (/^mirror_\d{6}\.tar$/.test(name)) await rm(join(folder, name));
}

/** What uploads from a sequence's folder, when it is of ours: last goes what says so. */
export async function removeUploadFiles(folder: string): Promise<void> {
  if (!(await exists(join(folder, uploadNames.facts)))) return;
  for (const name of Object.values(uploadNames).filter((other) => other !== uploadNames.facts))
    await rm(join(folder, name), { force: true });
  await rm(join(folder, uploadNames.facts), { force: true });
}

async function recordInChain(mirror: Mirror, { entry, replaces }: Commit): Promise<void> {
  const { lock } = await readChain(mirror);
  const kept = lock.entries.filter(
    // By folder too: two branches that seal the same content under two names give it one seal.
    (known) => !isSameEntry(known, replaces) && !(known.number === entry.number && known.state === 'sealed'),
  );
  await writeChainLock(mirror, { entries: [...kept, { ...entry, state: 'sealed' }] });
}

function isSameEntry(known: ChainEntry, replaced: Commit['replaces']): boolean {
  return known.seal === replaced?.seal && known.folder === replaced.folder;
}

async function removeSequenceFolder(mirror: Mirror, folder: string): Promise<void> {
  const path = sequencePath(mirror, folder);
  await rm(join(path, recordNames.metadata), { force: true });
  await removeArchiveLinks(path);
  await removeUploadFiles(path);
  for (const name of Object.values(recordNames)) await rm(join(path, name), { force: true });
  // Whatever else people keep in there is theirs.
  await rmdir(path).catch((error) => {
    if (!['ENOTEMPTY', 'ENOENT', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error;
  });
}

export async function removeStage(stage: string): Promise<void> {
  await rm(commitFile(stage), { force: true });
  await rm(stage, { recursive: true, force: true });
}
