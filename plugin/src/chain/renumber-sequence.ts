/**
 * Puts a sequence behind the others: a planned one by renaming its folder, a sealed one by sealing its content again at
 * its new place. Nothing is mirrored again: its archives stay as they are, and the inventories tell whether they and
 * the chain before it hold everything.
 */
import { uploadFilesOf, writeUploadFiles } from '../bundle-format/upload-files';
import { framesFolder, storeFolder } from '../mirror/data-directory';
import { findSequence } from '../mirror/find-sequence';
import type { Chain, Mirror } from '../mirror/mirror';
import { openMirror, readChain, sequencePath, inTree } from '../mirror/mirror';
import { readMetadataIfThere, recordNames } from '../mirror/records';
import type { SequenceRun } from '../mirror/run';
import { applyTransaction, removeStage, sealStage } from '../mirror/seal-transaction/seal-transaction';
import { chainSignature, ensureCanSign } from '../mirror/signing/signing';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { sealedEntries, sealedEntry } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import { sequenceFolderName } from '../sequence/folder';
import type { Seal } from '../sequence/seal';
import { move } from '../system/change-folder';
import { readTextIfThere } from '../system/text-file';
import { notRenumberable } from './errors';
import { resealedBehind } from './reseal';

/** What `renumberSequence` did, or would do. */
export interface RenumberOutcome {
  readonly from: string;
  readonly to: string;
  readonly sealed: boolean;
  /** A folder that claims the new number too. It has to be renumbered next. */
  readonly next: string | undefined;
  readonly done: boolean;
}

/**
 * Moves a sequence that claims a taken number behind the others, without mirroring it again.
 *
 * @throws SEQ0231 when it need not be renumbered, or the chain at its new place would lack what it needs
 *
 * @example
 * ```ts
 * const { next } = await renumberSequence({ ...run, location, folder: 'seq5-add-tempo', dryRun: false });
 * ```
 */
export async function renumberSequence({ location, folder, dryRun, ...run }: SequenceRun): Promise<RenumberOutcome> {
  const mirror = await openMirror(location);
  const look = async () => {
    const chain = await readChain(mirror);
    const sequence = findSequence(mirror, chain, folder);
    const sealed = (await readMetadataIfThere(mirror, folder)) !== undefined;
    const number = await newNumber(mirror, chain, { sequence, sealed });
    const next = chain.folders.find((other) => other.number === number && other.folder !== folder)?.folder;
    return { chain, sequence, sealed, number, next, to: sequenceFolderName(number, sequence.name) };
  };
  if (dryRun) {
    const { sealed, to, next } = await look();
    return { from: folder, to, sealed, next, done: false };
  }
  return withMirrorLock(mirror, { purpose: `renumber ${folder}`, ...run }, async () => {
    const { chain, sequence, sealed, number, next, to } = await look();
    if (sealed) await ensureCanSign(mirror);
    if (sealed) await moveSealed(mirror, chain, { sequence, number, to, now: run.now() });
    else await move(inTree(mirror, sequencePath(mirror, folder)), inTree(mirror, sequencePath(mirror, to)));
    await writeUploadFiles(mirror);
    for (const { what, next: advice } of sealed ? (await chainSignature(mirror)).findings : [])
      run.progress.note(`${what}. ${advice}`);
    return { from: folder, to, sealed, next, done: true };
  });
}

async function newNumber(
  mirror: Mirror,
  chain: Chain,
  { sequence, sealed }: { sequence: SequenceFolder; sealed: boolean },
): Promise<number> {
  const { number, folder } = sequence;
  const others = chain.folders.filter((other) => other.folder !== folder);
  const highest = Math.max(0, ...others.map((other) => other.number));
  const twin = others.find((other) => other.number === number);
  if (twin === undefined) {
    throw notRenumberable({
      folder,
      why: `No other folder has the number ${number}`,
      next: 'Leave the folder as it is',
    });
  }
  if (!sealed) return highest + 1;
  // Another folder may claim that number already; then it is the next to be renumbered.
  const behind = (await lastLinkedNumber(mirror, chain, folder)) + 1;
  if (behind > number) return behind;
  throw notRenumberable({
    folder,
    why: `chain.lock has no line for ${twin.folder}, which has the same number. Without this line, seqmirror cannot put ${folder} after ${twin.folder}`,
    next: `Run \`nx run ${mirror.name}:list\` to see which lines are missing, and restore the lines of the sequences that keep their numbers`,
  });
}

/**
 * How far each sealed sequence is behind the one before it, the moving one left out. After a bad merge chain.lock may
 * have the lines of both branches, and only those of one branch are linked to what stays.
 */
async function lastLinkedNumber(mirror: Mirror, { lock }: Chain, moving: string): Promise<number> {
  const others = sealedEntries(lock).filter(({ folder }) => folder !== moving);
  let last: { number: number; seal: Seal | null } = { number: 0, seal: null };
  for (;;) {
    const entry = sealedEntry({ entries: others }, last.number + 1);
    if (entry === undefined) return last.number;
    const metadata = await readMetadataIfThere(mirror, entry.folder);
    if (metadata?.previous !== last.seal) return last.number;
    last = entry;
  }
}

async function moveSealed(
  mirror: Mirror,
  chain: Chain,
  { sequence, number, to, now }: { sequence: SequenceFolder; number: number; to: string; now: Date },
): Promise<void> {
  const { metadata, texts, images, old } = await resealedBehind(mirror, chain, { sequence, number, now });
  const brought = new Map<string, string>();
  for (const name of [recordNames.config, recordNames.intent, recordNames.custody]) {
    const text = await readTextIfThere(inTree(mirror, sequencePath(mirror, sequence.folder, name)));
    if (text !== undefined) brought.set(name, text);
  }
  await removeStage(sealStage(mirror.data, to));
  await applyTransaction(mirror, {
    origin: 'renumbered',
    folder: to,
    metadata,
    texts: new Map([...brought, ...texts]),
    uploadFiles: await uploadFilesOf(mirror, { seal: metadata.seal, images }),
    archivesFrom: storeFolder(mirror.data, sequence.folder, old.seal),
    frames: { from: framesFolder(mirror.data, sequence.folder, old.seal) },
    replaces: { number: sequence.number, folder: sequence.folder, seal: old.seal },
  });
}
