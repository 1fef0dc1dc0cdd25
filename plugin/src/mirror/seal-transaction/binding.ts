/**
 * Binds a commit to its bytes and to the account that wrote it: hashes of records and frames; size, inode and time of
 * archives; and a MAC with the operator's key over these, the mirror's id and the stage's path. A stage that was
 * planted, edited, or copied here from elsewhere has no such MAC.
 */
import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { SequenceMetadata } from '../../sequence/metadata';
import { parseSequenceMetadata } from '../../sequence/metadata';
import { recordLimits } from '../../sequence/record-limits';
import type { Json } from '../../system/canonical-json';
import { isSeqmirrorError, systemErrorCode } from '../../system/errors';
import { isOwnMac, macOf } from '../../system/operator-key';
import { streamRegular } from '../../system/regular-file';
import { sha256Of } from '../../system/sha256';
import { readText } from '../../system/text-file';
import { framesFolder, storeFolder, inData } from '../data-directory';
import { frameFileName } from '../frames';
import type { Mirror } from '../mirror';
import { readMetadata, recordNames } from '../records';
import type { Commit, CommitBinding } from './commit';
import type { Stage } from './stage';

const purpose = 'seqmirror commit 1';

/** Call it when everything lies in the stage or the store. @throws SEQ0218 for a key that cannot be used */
export async function bound(mirror: Mirror, stage: Stage, commit: Commit): Promise<Commit> {
  const files: CommitBinding['files'] = {};
  for (const { name, places } of filesOf(mirror, stage, commit)) {
    const sha256 = await sha256AtFirst(places);
    if (sha256 !== undefined) files[name] = sha256;
  }
  const archives: CommitBinding['archives'] = [];
  for (const name of commit.archives) {
    const found = await identityAtFirst(archivePlaces(mirror, commit, name));
    if (found !== undefined) archives.push({ name, ...found.identity });
  }
  const binding = { files, archives };
  const value = await boundValue(mirror, stage, { ...commit, binding });
  return { ...commit, binding: { ...binding, mac: await macOf(mirror.data.keyFile, purpose, value) } };
}

/**
 * Whether this account wrote a commit, and its files have not changed since. An archive with another inode or time,
 * such as a copy, is hashed.
 *
 * @throws SEQ0218 for a key that cannot be used
 */
export async function isBound(mirror: Mirror, stage: Stage, commit: Commit): Promise<boolean> {
  const { binding } = commit;
  if (binding?.mac === undefined) return false;
  const value = await boundValue(mirror, stage, commit);
  if (!(await isOwnMac(mirror.data.keyFile, { purpose, value, mac: binding.mac }))) return false;
  for (const { name, places } of filesOf(mirror, stage, commit)) {
    if ((await sha256AtFirst(places)) !== binding.files[name]) return false;
  }
  for (const archive of binding.archives) if (!(await isSameArchive(mirror, stage, { commit, archive }))) return false;
  return true;
}

/** Whether a record in the stage is the one that was committed. */
export function isBoundText({ binding }: Commit, name: string, text: Uint8Array): boolean {
  return binding === undefined || binding.files[name] === sha256Of(text);
}

async function boundValue(mirror: Mirror, stage: Stage, commit: Commit): Promise<Json> {
  const { binding, ...rest } = commit;
  const { files = {}, archives = [] } = binding ?? {};
  const place = { mirror: mirror.settings.id, stage: await realpath(stage.root) };
  const value = { ...place, commit: { ...rest, binding: { files, archives } } };
  // In the form that it is read back: without undefined keys.
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Records lie in the stage until the end; frames are moved. */
function filesOf(
  { data }: Mirror,
  stage: Stage,
  { entry, archives, records, uploads = [], framesFrom }: Commit,
): { readonly name: string; readonly places: readonly string[] }[] {
  const framePlaces = [
    ...(framesFrom === undefined ? [] : [join(data.root, framesFrom)]),
    framesFolder(data, entry.folder, entry.seal),
  ];
  return [
    ...[...records, ...uploads].map((name) => ({ name, places: [join(stage.records, name)] })),
    ...archives.map(frameFileName).map((name) => ({ name, places: framePlaces.map((folder) => join(folder, name)) })),
  ];
}

/** Where an archive is before and after it is moved. */
export function archivePlaces({ data }: Mirror, { entry, archivesFrom }: Commit, name: string): string[] {
  const from = archivesFrom === undefined ? [] : [join(data.root, archivesFrom, name)];
  return [...from, join(storeFolder(data, entry.folder, entry.seal), name)];
}

type ArchiveIdentity = Omit<CommitBinding['archives'][number], 'name'>;

/** The first of these paths that is a file; a link is not a file. */
export async function identityAtFirst(
  paths: readonly string[],
): Promise<{ readonly path: string; readonly identity: ArchiveIdentity } | undefined> {
  for (const path of paths) {
    const found = await lstat(path, { bigint: true }).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    const identity = { bytes: Number(found.size), inode: String(found.ino), modified: String(found.mtimeNs) };
    return { path, identity };
  }
  return undefined;
}

async function isSameArchive(
  mirror: Mirror,
  stage: Stage,
  { commit, archive: { name, bytes, inode, modified } }: { commit: Commit; archive: CommitBinding['archives'][number] },
): Promise<boolean> {
  const found = await identityAtFirst(archivePlaces(mirror, commit, name));
  if (found === undefined || found.identity.bytes !== bytes) return false;
  if (found.identity.inode === inode && found.identity.modified === modified) return true;
  const metadata = await metadataToBe(mirror, stage, commit);
  const recorded = metadata?.archives.find((each) => each.name === name);
  return recorded !== undefined && (await sha256AtFirst([found.path])) === recorded.sha256;
}

/** The metadata that the sequence will have when the commit is done; `undefined` if it cannot be read. */
export async function metadataToBe(
  mirror: Mirror,
  { data, records }: Stage,
  commit: Commit,
): Promise<SequenceMetadata | undefined> {
  const staged = join(records, recordNames.metadata);
  try {
    if (!commit.records.includes(recordNames.metadata)) return await readMetadata(mirror, commit.entry.folder);
    return parseSequenceMetadata(await readText(inData(data, staged), { limit: recordLimits.metadata }), staged);
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return undefined;
  }
}

async function sha256AtFirst(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const hash = createHash('sha256');
    try {
      if (!(await lstat(path)).isFile()) continue;
      for await (const piece of streamRegular(path, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer);
      return hash.digest('hex');
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
    }
  }
  return undefined;
}
