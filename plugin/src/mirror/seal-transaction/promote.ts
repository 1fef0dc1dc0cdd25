/** Carries out a commit: steps 3 to 10 of the transaction. Each step can be repeated, so after a crash all are. */
import { join } from 'node:path';
import type { ChainEntry } from '../../sequence/chain-lock';
import { renderChainLock } from '../../sequence/chain-lock';
import { recordLimits } from '../../sequence/record-limits';
import { writeFileAtomically } from '../../system/atomic-file';
import { removeFile, removeIfEmpty, removeTree } from '../../system/change-folder';
import { readBytes } from '../../system/text-file';
import { framesFolder, inData, storeFolder } from '../data-directory';
import { stagedChanged } from '../errors';
import type { Mirror } from '../mirror';
import { readChain, sequencePath, inTree } from '../mirror';
import { recordNames } from '../records';
import { writeChainLock } from '../signing/signing';
import { isBoundText } from './binding';
import type { Commit, UploadName } from './commit';
import type { ArchiveAppearance } from './move-in';
import { linkArchives, moveIn, removeArchiveLinks } from './move-in';
import type { Stage } from './stage';
import { removeStage } from './stage';
import { putUploadFiles, removeUploadFiles } from './upload-files';

export async function promote(mirror: Mirror, stage: Stage, commit: Commit): Promise<ArchiveAppearance> {
  const { entry, records } = commit;
  await moveIn(mirror, commit);
  const appearance = await linkArchives(mirror, commit);
  const last = records.at(-1);
  for (const name of records) {
    if (name === last) await recordInChain(mirror, commit);
    const content = await boundRecord(stage, commit, name);
    await writeFileAtomically(inTree(mirror, sequencePath(mirror, entry.folder, name)), content);
  }
  await putUploads(mirror, stage, commit);
  await removeReplaced(mirror, commit);
  await removeStage(stage);
  return appearance;
}

async function putUploads(mirror: Mirror, stage: Stage, commit: Commit): Promise<void> {
  const { entry, uploads = [] } = commit;
  if (uploads.length === 0) return;
  const texts = new Map<UploadName, string>();
  for (const name of uploads) texts.set(name, (await boundRecord(stage, commit, name)).toString('utf8'));
  await putUploadFiles(mirror, entry.folder, { seal: entry.seal, texts });
}

/** @throws SEQ0217 if it is not what was committed */
async function boundRecord(stage: Stage, commit: Commit, name: string): Promise<Buffer> {
  const file = join(stage.records, name);
  const content = await readBytes(inData(stage.data, file), { limit: recordLimits.inventory });
  if (!isBoundText(commit, name, content)) throw stagedChanged({ file, stage: stage.root });
  return content;
}

/** A line that is there already is not written, and so not signed, again: a reissue changes nothing in the chain. */
async function recordInChain(mirror: Mirror, { entry, replaces }: Commit): Promise<void> {
  const { lock } = await readChain(mirror);
  const kept = lock.entries.filter(
    // Compares the folder too: two branches that seal the same content under two names get the same seal.
    (known) => !isSameEntry(known, replaces) && !(known.number === entry.number && known.state === 'sealed'),
  );
  const next = { entries: [...kept, { ...entry, state: 'sealed' as const }] };
  if (renderChainLock(next) !== renderChainLock(lock)) await writeChainLock(mirror, next);
}

function isSameEntry(known: ChainEntry, replaced: Commit['replaces']): boolean {
  return known.seal === replaced?.seal && known.folder === replaced.folder;
}

async function removeReplaced(mirror: Mirror, { replaces }: Commit): Promise<void> {
  if (replaces === undefined) return;
  const { folder, seal } = replaces;
  const path = sequencePath(mirror, folder);
  await removeFile(inTree(mirror, join(path, recordNames.metadata)));
  await removeArchiveLinks(mirror, folder);
  await removeUploadFiles(mirror, folder);
  for (const name of Object.values(recordNames)) await removeFile(inTree(mirror, join(path, name)));
  // Everything else in there belongs to people.
  await removeIfEmpty(inTree(mirror, path));
  await removeTree(inData(mirror.data, storeFolder(mirror.data, folder, seal)));
  await removeTree(inData(mirror.data, framesFolder(mirror.data, folder, seal)));
}
