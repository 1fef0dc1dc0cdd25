import { join } from 'node:path';
import { inData } from '../mirror/data-directory';
import type { Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import { recordNames } from '../mirror/records';
import type { Commit } from '../mirror/seal-transaction/seal-transaction';
import { isStagedProven, readCommit, sealStage } from '../mirror/seal-transaction/seal-transaction';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';
import { headOf, sealedEntry } from '../sequence/chain-lock';
import { parseCustody } from '../sequence/custody';
import type { SequenceFolder } from '../sequence/folder';
import { decodeInventory } from '../sequence/inventory';
import { parseSequenceMetadata } from '../sequence/metadata';
import { recordLimits } from '../sequence/record-limits';
import { namesIn } from '../system/files';
import { readText, readTextIfThere } from '../system/text-file';

export interface ChainToBe {
  /** All sealed sequences, including those that a stopped run has committed. */
  readonly sealed: readonly ProvenSequence[];
  readonly folders: readonly SequenceFolder[];
  /** Folders that a stopped run has committed; the next run finishes them before it does anything else. */
  readonly pending: readonly string[];
}

/**
 * The chain as it will be when a stopped run has been finished. Only reads. @throws SEQ02xx for a chain that differs
 * from what was sealed
 */
export async function chainToBe(mirror: Mirror): Promise<ChainToBe> {
  const chain = await readChain(mirror);
  const commits = await pendingCommits(mirror);
  const head = headOf(chain.lock)?.number ?? 0;
  const firstPending = commits[0]?.entry.number ?? head + 1;
  const upTo = Math.min(head, firstPending - 1);
  const { sequences } = await openSealedChain(mirror, { chain, upTo, trust: 'proven' });
  const sealed: ProvenSequence[] = [...sequences];
  const pending: string[] = [];
  for (const commit of commits) {
    const last = sealed.at(-1)?.entry;
    const there = sealedEntry(chain.lock, commit.entry.number);
    const stands = there === undefined || there.seal === commit.entry.seal;
    if (!stands || commit.entry.number !== sealed.length + 1 || commit.previous !== (last?.seal ?? null)) continue;
    sealed.push(await fromStage(mirror, commit));
    pending.push(commit.entry.folder);
  }
  if (sealed.length >= head) return { sealed, folders: chain.folders, pending };
  // The stopped run's commit has lost its place, and will be taken back.
  const whole = await openSealedChain(mirror, { chain, trust: 'proven' });
  return { sealed: whole.sequences, folders: chain.folders, pending: [] };
}

async function pendingCommits(mirror: Mirror): Promise<Commit[]> {
  const stages = join(mirror.data.root, 'stage');
  const commits: Commit[] = [];
  for (const name of await namesIn(stages)) {
    const stage = sealStage(mirror.data, name);
    const commit = await readCommit(stage);
    if (commit === undefined || commit.replaces !== undefined) continue;
    if (await isStagedProven(mirror, stage, commit)) commits.push(commit);
  }
  return commits.sort((a, b) => a.entry.number - b.entry.number);
}

async function fromStage(mirror: Mirror, { entry }: Commit): Promise<ProvenSequence> {
  const { records } = sealStage(mirror.data, entry.folder);
  const file = (name: string): string => join(records, name);
  const custody = await readTextIfThere(inData(mirror.data, file(recordNames.custody)));
  return {
    // Its commit is bound to the files of the run that sealed it, or chain.lock to its records.
    trust: 'proven',
    entry: { ...entry, state: 'sealed' },
    metadata: parseSequenceMetadata(
      await readText(inData(mirror.data, file(recordNames.metadata)), { limit: recordLimits.metadata }),
      file(recordNames.metadata),
    ),
    inventory: decodeInventory(
      await readText(inData(mirror.data, file(recordNames.inventory)), { limit: recordLimits.inventory }),
      file(recordNames.inventory),
    ),
    custody: custody === undefined ? undefined : parseCustody(custody, file(recordNames.custody)),
  };
}
