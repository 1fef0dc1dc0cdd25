import { join } from 'node:path';
import { framesFolder, storeFolder, inData } from '../mirror/data-directory';
import { dispatchedIn } from '../mirror/dispatched';
import { findSequence } from '../mirror/find-sequence';
import type { Mirror } from '../mirror/mirror';
import { openMirror, readChain, requireSoundLock, sequencePath, inTree } from '../mirror/mirror';
import { readMetadataIfThere, recordNames } from '../mirror/records';
import type { SequenceRun } from '../mirror/run';
import {
  removeArchiveLinks,
  removeStage,
  removeUploadFiles,
  sealStage,
} from '../mirror/seal-transaction/seal-transaction';
import { ensureCanSign, requireChainSignature, writeChainLock } from '../mirror/signing/signing';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { commandsBack } from '../mirror/way-back';
import type { ChainEntry } from '../sequence/chain-lock';
import { headOf } from '../sequence/chain-lock';
import { sumOfBytes } from '../system/byte-size';
import { removeFile, removeTree } from '../system/change-folder';
import { listedNames } from '../system/listed-names';
import { notVoidable } from './errors';
import { retiredNeedsOf } from './retired-needs';

/** What `voidSequence` removed, or would remove. */
export interface VoidOutcome {
  readonly entry: ChainEntry;
  /** Bytes of the archives that are removed with it. */
  readonly archiveBytes: number;
  readonly done: boolean;
}

/**
 * Makes the last sealed sequence planned again. Its configuration stays; its records and archives go, and chain.lock
 * keeps a tombstone. What makes it valid is removed first, so that after a crash the command can be run again.
 *
 * @throws SEQ0230 for a sequence that isn't sealed, that others were sealed behind, or that was dispatched; SEQ0626 when
 *   chain.lock is not signed as it has to be, since the rest of it would be signed again
 *
 * @example
 * ```ts
 * const { archiveBytes } = await voidSequence({ ...run, location, folder: 'seq2-add-logging', dryRun: true });
 * ```
 */
export async function voidSequence({ location, folder, dryRun, ...run }: SequenceRun): Promise<VoidOutcome> {
  const mirror = await openMirror(location);
  const look = async () => {
    await requireChainSignature(mirror);
    const entry = await voidableEntry(mirror, folder);
    const metadata = await readMetadataIfThere(mirror, folder);
    return { entry, archiveBytes: sumOfBytes(metadata?.archives ?? []) };
  };
  if (dryRun) return { ...(await look()), done: false };
  return withMirrorLock(mirror, { purpose: `void ${folder}`, ...run }, async () => {
    const { entry, archiveBytes } = await look();
    await ensureCanSign(mirror);
    const path = sequencePath(mirror, folder);
    await removeFile(inTree(mirror, join(path, recordNames.metadata)));
    await removeUploadFiles(mirror, folder);
    for (const name of [recordNames.inventory, recordNames.pinned, recordNames.sums])
      await removeFile(inTree(mirror, join(path, name)));
    const { lock } = await readChain(mirror);
    // One tombstone per seal: if the same content was sealed and made void again, it needs no second one.
    const others = lock.entries.filter(({ seal, folder: of }) => seal !== entry.seal || of !== folder);
    const entries = [...others, { ...entry, state: 'void' as const }];
    await writeChainLock(mirror, { entries });
    await removeArchiveLinks(mirror, folder);
    await removeStage(sealStage(mirror.data, folder));
    await removeTree(inData(mirror.data, storeFolder(mirror.data, folder, entry.seal)));
    await removeTree(inData(mirror.data, framesFolder(mirror.data, folder, entry.seal)));
    return { entry, archiveBytes, done: true };
  });
}

async function voidableEntry(mirror: Mirror, folder: string): Promise<ChainEntry> {
  const chain = await readChain(mirror);
  requireSoundLock(chain);
  const { number } = findSequence(mirror, chain, folder);
  const entry = chain.lock.entries.find((known) => known.folder === folder && known.state === 'sealed');
  if (entry === undefined) {
    throw notVoidable({
      folder,
      why: 'The sequence is not sealed',
      next: `Edit its imageset-config.yaml, then run \`nx run ${mirror.name}:seq${number}\``,
    });
  }
  const head = headOf(chain.lock);
  if (head !== undefined && head.seal !== entry.seal) {
    throw notVoidable({
      folder,
      why: `${head.folder} was sealed later and contains the seal of this sequence`,
      next: `Put the change into a new sequence. Or void the later sequences first, beginning with the last one: \`nx run ${mirror.name}-seq${head.number}:void\``,
    });
  }
  const record = await dispatchedIn(mirror, entry.seal);
  if (record !== undefined) {
    throw notVoidable({
      folder,
      why: `The sequence was already sent to a site: ${record} contains its seal`,
      next: 'Put the change into a new sequence. A site that has this sequence would never get another one with the same number',
    });
  }
  const retired = await retiredNeedsOf(mirror, chain, entry.number - 1);
  if (retired.length > 0) {
    throw notVoidable({
      folder,
      why: `seq${entry.number - 1} would become the newest sequence, but archives that it needs are retired: ${listedNames(retired.map(({ folder: name }) => name))}`,
      next: `Bring them back first: ${commandsBack(mirror.name, retired)}`,
    });
  }
  return entry;
}
