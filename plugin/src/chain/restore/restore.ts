/**
 * Brings archives of a sealed sequence back from a place with copies of them. Each is copied into the store under a
 * temporary name, hashed, fsynced, renamed and read back; then the sequence's folder gets its names again, and
 * custody.yaml says held. After a stop at any moment, the same command continues.
 */
import { join, resolve } from 'node:path';
import { hashFromMedium } from '../../archive/hashing/hashing';
import { writeUploadFiles } from '../../bundle-format/upload-files';
import { checkSealed } from '../../mirror/check-sealed';
import { inData, storeFolder, storeFolders } from '../../mirror/data-directory';
import { ensureSpaceIn } from '../../mirror/ensure-space';
import { requireSealed } from '../../mirror/find-sequence';
import type { Mirror } from '../../mirror/mirror';
import { openMirror, readChain, sequencePath } from '../../mirror/mirror';
import { readCustodyIfThere, writeCustody } from '../../mirror/records';
import type { Run, SequenceRun } from '../../mirror/run';
import type { ArchiveAppearance } from '../../mirror/seal-transaction/seal-transaction';
import { linkFromStore } from '../../mirror/seal-transaction/seal-transaction';
import { copiesOf, isPlace } from '../../mirror/way-back';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import { isStorageAddress } from '../../object-storage/address';
import type { ChainEntry } from '../../sequence/chain-lock';
import type { Custody } from '../../sequence/custody';
import { declareHeld, storeCopy, withVerifiedCopy } from '../../sequence/custody';
import type { SequenceMetadata } from '../../sequence/metadata';
import { dateOf } from '../../sequence/one-line';
import { formatBytes, sumOfBytes } from '../../system/byte-size';
import { makeReadOnly, removeIfEmpty } from '../../system/change-folder';
import { counted } from '../../system/counted';
import { isSeqmirrorError, systemErrorCode } from '../../system/errors';
import { bytesOfFile } from '../../system/files';
import type { CopyPlace, RecordedArchive } from '../copies/copies';
import { openFolderPlace, openPlaceWithCopies, pathsOfCopies } from '../copies/copies';
import { copyFailed, notSealedToRestore, nothingToRestoreFrom, restoreFolderMissing } from '../errors';

/** The options of `restoreSequence`. */
export interface RestoreOptions extends SequenceRun {
  /**
   * A place with copies: a folder, absolute or from the top of the workspace, or `s3://bucket/prefix`. Default: the places
   * that custody.yaml names.
   */
  readonly from?: string | undefined;
}

/** What `restoreSequence` brought back, or would bring back. */
export interface RestoreOutcome {
  readonly kind: 'planned' | 'restored' | 'here';
  readonly mirror: string;
  readonly number: number;
  readonly folder: string;
  /** Archives that were not in the store, each with the copy that it comes from. */
  readonly archives: readonly { readonly name: string; readonly bytes: number; readonly from: string }[];
  readonly archivesAre: ArchiveAppearance;
}

interface Found {
  readonly mirror: Mirror;
  readonly entry: ChainEntry;
  readonly metadata: SequenceMetadata;
  readonly custody: Custody | undefined;
  /** In the order in which they are looked at: folders before object storage. */
  readonly places: readonly CopyPlace[];
  /** Copies that cannot be read now. */
  readonly elsewhere: readonly string[];
}

/** A file with the name and the size of an archive. */
interface Candidate {
  readonly place: CopyPlace;
  readonly path: string;
}

/**
 * Brings the archives of one sequence back into the store. Each has to be what was sealed.
 *
 * @throws SEQ0264 if no copy is what was sealed, if the folder is missing, or if the sequence is not sealed; SEQ0263 if
 *   it cannot be copied, SEQ0701 if there is too little space, SEQ0203 while another run goes on
 *
 * @example
 * ```ts
 * await restoreSequence({ ...run, location, folder: 'seq1-baseline', from: '/media/old', dryRun: false });
 * ```
 */
export async function restoreSequence(options: RestoreOptions): Promise<RestoreOutcome> {
  const mirror = await openMirror(options.location);
  const look = async (work: (found: Found) => Promise<RestoreOutcome>): Promise<RestoreOutcome> => {
    const there = await found(mirror, options);
    try {
      return await work(there);
    } finally {
      for (const place of there.places) await place.close();
    }
  };
  if (options.dryRun) return look((there) => outcomeOf('planned', there, options));
  return withMirrorLock(mirror, { purpose: `restore ${options.folder}`, ...options }, () =>
    look((there) => bringBack(there, options)),
  );
}

async function found(mirror: Mirror, options: RestoreOptions): Promise<Found> {
  const { folder, from, location, progress } = options;
  const chain = await readChain(mirror);
  const entry = requireSealed(mirror, chain, { folder, refusal: notSealedToRestore });
  const metadata = await checkSealed(mirror, chain, entry);
  const custody = await readCustodyIfThere(mirror, folder);
  const asked = { mirror, env: location.env, run: options };
  const places: CopyPlace[] = [];
  const elsewhere: string[] = [];
  if (from !== undefined) {
    const place = await openPlaceWithCopies(from, asked);
    if (place === undefined) throw restoreFolderMissing({ path: resolve(location.workspaceRoot, from) });
    places.push(place);
  } else {
    for (const { where } of copiesOf(custody)) {
      const place = isPlace(where)
        ? await openPlaceWithCopies(where, asked).catch((error: unknown) => {
            // Another copy may do.
            if (!isSeqmirrorError(error)) throw error;
            progress.note(`${where} cannot be read: ${error.what}`);
            return undefined;
          })
        : undefined;
      if (place === undefined) elsewhere.push(where);
      else places.push(place);
    }
  }
  places.sort((a, b) => Number(isStorageAddress(a.where)) - Number(isStorageAddress(b.where)));
  return { mirror, entry, metadata, custody, places, elsewhere };
}

/** By size alone: which archives are not in the store, and where each would come from. */
async function outcomeOf(kind: 'planned', found: Found, options: RestoreOptions): Promise<RestoreOutcome> {
  const { mirror, entry, metadata } = found;
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  const archives: { name: string; bytes: number; from: string }[] = [];
  for (const recorded of metadata.archives) {
    if ((await bytesOfFile(join(store, recorded.name))) === recorded.bytes) continue;
    const [from] = await candidatesFor(recorded, found);
    if (from === undefined) throw nowhere(found, [recorded.name], []);
    archives.push({ name: recorded.name, bytes: recorded.bytes, from: shown(from) });
  }
  const { folder } = options;
  return { kind, mirror: mirror.name, number: entry.number, folder, archives, archivesAre: 'absent' };
}

async function bringBack(found: Found, run: Run): Promise<RestoreOutcome> {
  const { mirror, entry, metadata, custody } = found;
  const { progress, signal } = run;
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  progress.step('check');
  const missing: RecordedArchive[] = [];
  for (const recorded of metadata.archives) {
    const path = join(store, recorded.name);
    const isThere = (await bytesOfFile(path)) === recorded.bytes;
    if (!isThere || (await hashFromMedium(path, run))?.sha256 !== recorded.sha256) missing.push(recorded);
  }
  progress.done(`${counted(missing.length, 'archive')} of ${metadata.archives.length} to restore`);
  await ensureSpaceIn(mirror.data.root)({ download: 0, archives: sumOfBytes(missing), cache: 0 });
  progress.step('copy');
  progress.total(2 * sumOfBytes(missing));
  const archives: { name: string; bytes: number; from: string }[] = [];
  for (const recorded of missing) {
    signal.throwIfAborted();
    const from = await copyIn(recorded, { found, store, run }).catch(async (error: unknown) => {
      await removeIfEmpty(inData(mirror.data, store));
      throw error;
    });
    archives.push({ name: recorded.name, bytes: recorded.bytes, from });
  }
  progress.done(`${formatBytes(sumOfBytes(missing))}, every archive hashed and read back`);
  const names = metadata.archives.map(({ name }) => name);
  for (const name of names) await makeReadOnly(inData(mirror.data, join(store, name)));
  const archivesAre = await linkFromStore(mirror, { ...entry, archives: names });
  if (custody !== undefined) {
    const date = dateOf(run.now());
    await writeCustody(mirror, entry.folder, withVerifiedCopy(declareHeld(custody), { where: storeCopy, date }));
  }
  await writeUploadFiles(mirror);
  const { number, folder } = entry;
  return {
    kind: missing.length === 0 ? 'here' : 'restored',
    mirror: mirror.name,
    number,
    folder,
    archives,
    archivesAre,
  };
}

/** @returns the copy that the archive came from. @throws SEQ0264 if none is what was sealed */
async function copyIn(
  recorded: RecordedArchive,
  { found, store, run }: { found: Found; store: string; run: Run },
): Promise<string> {
  const { data } = found.mirror;
  const candidates = await candidatesFor(recorded, found);
  for (const from of candidates) {
    try {
      const to = inData(data, join(store, recorded.name));
      if (await from.place.fetch(from.path, to, { recorded, ...run })) return shown(from);
      run.progress.note(`${shown(from)} is not what was sealed: another copy is needed`);
    } catch (error) {
      const reason = systemErrorCode(error);
      if (isSeqmirrorError(error) || reason === undefined) throw error;
      const next = 'Look at the permissions and the free space of both folders, and run the same command again';
      throw copyFailed({ place: store, reason, next, cause: error });
    }
  }
  throw nowhere(found, [recorded.name], candidates);
}

/** In the order in which they are tried: former stores, the places, the sequence's own folder. */
async function candidatesFor(
  { name, bytes }: RecordedArchive,
  { mirror, entry, metadata, places }: Found,
): Promise<Candidate[]> {
  const formerStores = storeFolders(mirror.data, entry.folder, metadata).slice(1);
  const paths = pathsOfCopies(mirror, { folder: entry.folder, metadata, name });
  const all: Candidate[] = [
    ...formerStores.map((folder) => ({ place: openFolderPlace(folder), path: name })),
    ...places.flatMap((place) => paths.map((path) => ({ place, path }))),
    { place: openFolderPlace(sequencePath(mirror, entry.folder)), path: name },
  ];
  const seen = await Promise.all(all.map(({ place, path }) => place.look(path)));
  return all.filter((_, index) => seen[index]?.bytes === bytes);
}

function shown({ place, path }: Candidate): string {
  return `${place.where}/${path}`;
}

function nowhere({ mirror, entry, places, elsewhere }: Found, archives: string[], tried: readonly Candidate[]): Error {
  const { number, folder } = entry;
  const looked = tried.length === 0 ? places.map(({ where }) => where) : tried.map(shown);
  return nothingToRestoreFrom({ mirror: mirror.name, number, folder, archives, tried: looked, elsewhere });
}
