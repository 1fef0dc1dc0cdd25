/**
 * Proves from the bytes what a killed run left of a sequence that chain.lock has already, if no MAC says that it is
 * ours: records by the seal, archives by the records and blob for blob. What cannot be proven is left out: scripts,
 * sequences to be replaced, frames (made again from the archives).
 */
import { join } from 'node:path';
import type { VerifiedArchives, HashedArchive } from '../../archive/verify';
import { verifyArchives } from '../../archive/verify';
import { requireRecordedImageSet } from '../../imageset/document';
import { sealedEntry } from '../../sequence/chain-lock';
import { parseCustody } from '../../sequence/custody';
import type { Inventory } from '../../sequence/inventory';
import { decodeInventory } from '../../sequence/inventory';
import type { SequenceMetadata } from '../../sequence/metadata';
import { recordLimits } from '../../sequence/record-limits';
import { sealOf } from '../../sequence/seal';
import type { Json } from '../../system/canonical-json';
import { isSeqmirrorError } from '../../system/errors';
import type { PathBelow } from '../../system/path-below';
import { readText } from '../../system/text-file';
import { storeFolder, inData } from '../data-directory';
import { writeFrames } from '../frames';
import type { Mirror } from '../mirror';
import { readChain, sequencePath, inTree } from '../mirror';
import { recordNames } from '../records';
import { archivePlaces, identityAtFirst, metadataToBe } from './binding';
import type { Commit } from './commit';
import { withinData } from './commit';
import { archivesIn } from './move-in';
import type { Stage } from './stage';

/** Records that chain.lock's seal was computed from. */
interface SealedRecords {
  readonly metadata: SequenceMetadata;
  readonly inventory: Inventory;
}

/** The part of a commit that its bytes prove, with frames made again in the stage; `undefined` if they prove nothing. */
export async function provenFromBytes(mirror: Mirror, stage: Stage, commit: Commit): Promise<Commit | undefined> {
  const sealed = await sealedRecords(mirror, stage, commit);
  if (sealed === undefined || !isOwnPlace(mirror, stage, commit)) return undefined;
  const verified = await soundArchives(mirror, commit, sealed);
  if (verified === undefined) return undefined;
  await writeFrames(inData(stage.data, stage.frames), sealed.metadata.adopted === true ? [] : verified.archives);
  const { entry, archives } = commit;
  const there = [storeFolder(mirror.data, entry.folder, entry.seal), sequencePath(mirror, entry.folder)];
  const others = (await Promise.all(there.map(archivesIn))).flat().filter((name) => !archives.includes(name));
  const records: Commit['records'] = [];
  for (const name of commit.records) if (await isUsable(stage, name)) records.push(name);
  return {
    ...commit,
    removed: [...new Set(others)],
    framesFrom: withinData(mirror.data, stage.frames),
    records,
    uploads: undefined,
    replaces: undefined,
    binding: undefined,
  };
}

/** @returns `undefined` unless chain.lock has its line and the records match the seal */
export async function sealedRecords(mirror: Mirror, stage: Stage, commit: Commit): Promise<SealedRecords | undefined> {
  const { entry } = commit;
  const { lock } = await readChain(mirror);
  const line = sealedEntry(lock, entry.number);
  if (line?.seal !== entry.seal || line.folder !== entry.folder) return undefined;
  const previous = entry.number === 1 ? null : (sealedEntry(lock, entry.number - 1)?.seal ?? null);
  const metadata = await metadataToBe(mirror, stage, commit);
  if (metadata?.seal !== entry.seal || metadata.previous !== previous) return undefined;
  const placeOf = (name: Commit['records'][number]): PathBelow =>
    commit.records.includes(name)
      ? inData(stage.data, join(stage.records, name))
      : inTree(mirror, sequencePath(mirror, entry.folder, name));
  const configIn = async (name: string): Promise<Json> =>
    requireRecordedImageSet(await readText(placeOf(name)), placeOf(name).path).config as Json;
  try {
    const at = placeOf(recordNames.inventory);
    const inventory = decodeInventory(await readText(at, { limit: recordLimits.inventory }), at.path);
    const seal = sealOf({
      number: entry.number,
      previous,
      config: await configIn(recordNames.config),
      pinned: await configIn(recordNames.pinned),
      ...inventory,
      provenance: metadata.provenance,
    });
    return seal === entry.seal ? { metadata, inventory } : undefined;
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return undefined;
  }
}

/**
 * Archives may only come out of the sequence's own stage, or from the place in the store of a sequence that chain.lock
 * no longer has.
 */
function isOwnPlace({ data }: Mirror, stage: Stage, { archivesFrom, replaces }: Commit): boolean {
  if (archivesFrom === undefined) return true;
  const former = replaces === undefined ? [] : [withinData(data, storeFolder(data, replaces.folder, replaces.seal))];
  return archivesFrom.startsWith(`${withinData(data, stage.root)}/`) || former.includes(archivesFrom);
}

async function soundArchives(
  mirror: Mirror,
  commit: Commit,
  { metadata, inventory }: SealedRecords,
): Promise<VerifiedArchives<HashedArchive> | undefined> {
  const names = metadata.archives.map(({ name }) => name);
  if (names.length !== commit.archives.length || names.some((name) => !commit.archives.includes(name)))
    return undefined;
  const paths: string[] = [];
  for (const name of names) {
    const found = await identityAtFirst(archivePlaces(mirror, commit, name));
    if (found !== undefined) paths.push(found.path);
  }
  const verified = await verifyArchives(paths, { hash: 'blobs and files' });
  const isRecorded = verified.archives.every(({ name, sha256 }) =>
    metadata.archives.some((recorded) => recorded.name === name && recorded.sha256 === sha256),
  );
  if (!isRecorded || verified.archives.length !== paths.length) return undefined;
  // A sequence that was adopted damaged is what its records say, but not whole. For one from a bundle, all archives may
  // be missing.
  if (metadata.adopted === true || (commit.origin === 'bundle' && paths.length < names.length)) return verified;
  if (paths.length < names.length || verified.findings.some(({ severity }) => severity === 'error')) return undefined;
  const there = new Set(verified.blobs.map(({ digest }) => digest));
  const isWhole = inventory.blobs.every(({ digest }) => there.has(digest)) && there.size === inventory.blobs.length;
  return isWhole ? verified : undefined;
}

/** Custody is not sealed. If archives are here, they are held; nothing else in it is trusted. */
async function isUsable({ data, records }: Stage, name: string): Promise<boolean> {
  if (name !== recordNames.custody) return true;
  const file = join(records, name);
  try {
    return parseCustody(await readText(inData(data, file)), file).state === 'held';
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return false;
  }
}
