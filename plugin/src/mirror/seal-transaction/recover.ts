import { link, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sealedEntry } from '../../sequence/chain-lock';
import { systemErrorCode } from '../../system/errors';
import { configSha256 } from '../check-sealed';
import { framesFolder, storeFolder } from '../data-directory';
import type { Mirror } from '../mirror';
import { readChain, sequencePath } from '../mirror';
import { readConfig, readMetadataIfThere, recordNames } from '../records';
import { finishChainSignature } from '../signing/signing';
import type { Commit } from './commit';
import { readCommit } from './commit';
import { promote, removeArchiveLinks, removeStage } from './promote';

/**
 * Finishes, or takes back, what a killed run had committed itself to. To be called with the lock held, before anything
 * else looks at the chain.
 *
 * @returns a line for people for each thing done; usually none
 */
export async function recover(mirror: Mirror): Promise<string[]> {
  await finishChainSignature(mirror);
  const stages = join(mirror.data.root, 'stage');
  const notes: string[] = [];
  for (const name of await readdir(stages).catch(() => [] as string[])) {
    const stage = join(stages, name);
    const commit = await readCommit(stage);
    if (commit === undefined) {
      // Promoted, and killed while clearing up.
      if (await isSealed(mirror, name)) await removeStage(stage);
      continue;
    }
    if (await stillStands(mirror, commit)) {
      await promote(mirror, commit);
      notes.push(`${commit.entry.folder}: an earlier run was stopped while sealing it; finished now`);
    } else {
      await takeBack(mirror, commit, stage);
      notes.push(
        `${commit.entry.folder}: an earlier run was stopped while sealing it, and its place in the chain or its configuration has changed since; that work was discarded`,
      );
    }
  }
  return notes;
}

async function isSealed(mirror: Mirror, folder: string): Promise<boolean> {
  const { lock } = await readChain(mirror);
  return lock.entries.some((entry) => entry.folder === folder && entry.state === 'sealed');
}

/** Whether the world that the commit was made for is still there. */
async function stillStands(
  mirror: Mirror,
  { entry, previous, configSha256: sealedConfig, replaces, adopts }: Commit,
): Promise<boolean> {
  const chain = await readChain(mirror);
  const there = sealedEntry(chain.lock, entry.number);
  // A renumbered sequence may take a number that the other branch's next one still claims.
  if (there !== undefined && (replaces === undefined || there.seal === entry.seal)) return there.seal === entry.seal;
  if (chain.findings.some(({ severity }) => severity === 'error') && replaces === undefined) return false;
  const before = entry.number === 1 ? null : (sealedEntry(chain.lock, entry.number - 1)?.seal ?? null);
  if (adopts !== undefined) return before === previous;
  return before === previous && (await configOf(mirror, (replaces ?? entry).folder)) === sealedConfig;
}

async function configOf(mirror: Mirror, folder: string): Promise<string | undefined> {
  return readConfig(mirror, folder).then(
    ({ config }) => configSha256(config),
    () => undefined,
  );
}

async function takeBack(mirror: Mirror, commit: Commit, stage: string): Promise<void> {
  const { entry, replaces, adopts } = commit;
  // What was written is what the bundle has, and archives in the store were there before.
  if (adopts === 'records') return removeStage(stage);
  const folder = sequencePath(mirror, entry.folder);
  const sealed = await readMetadataIfThere(mirror, entry.folder).catch(() => undefined);
  if (adopts === 'in place') {
    await giveBackArchives(mirror, commit);
    return removeStage(stage);
  }
  if (sealed === undefined) {
    await removeArchiveLinks(folder);
    const brought = adopts === undefined ? [] : [recordNames.config, recordNames.intent, recordNames.custody];
    for (const name of [recordNames.pinned, recordNames.inventory, recordNames.sums, ...brought]) {
      await rm(join(folder, name), { force: true });
    }
    if (adopts !== undefined) await rmdir(folder).catch(() => undefined);
  }
  // Archives of a sequence that is being renumbered are those of a sealed one: they stay.
  if (replaces === undefined) {
    await rm(storeFolder(mirror.data, entry.folder, entry.seal), { recursive: true, force: true });
    await rm(framesFolder(mirror.data, entry.folder, entry.seal), { recursive: true, force: true });
  }
  await removeStage(stage);
}

/** What lay in the sequence's folder before has its names there again. It may have no other place, so the store keeps it. */
async function giveBackArchives(mirror: Mirror, { entry, archives }: Commit): Promise<void> {
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  for (const name of archives) {
    await link(join(store, name), sequencePath(mirror, entry.folder, name)).catch((error) => {
      if (!['EEXIST', 'ENOENT', 'EXDEV'].includes(systemErrorCode(error) ?? '')) throw error;
    });
  }
}
