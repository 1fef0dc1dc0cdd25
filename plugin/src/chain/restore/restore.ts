/**
 * Brings archives of a sealed sequence back from a folder with copies of them. Each is copied into the store under a
 * temporary name, hashed, fsynced, renamed and read back; then the sequence's folder gets its names again, and
 * custody.yaml says held. After a stop at any moment, the same command continues.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { hashFromMedium } from '../../archive/hashing/hashing';
import { writeUploadFiles } from '../../bundle-format/upload-files';
import { checkSealed } from '../../mirror/check-sealed';
import { inData, storeFolder, storeFolders } from '../../mirror/data-directory';
import { ensureSpaceIn } from '../../mirror/ensure-space';
import { requireSealed } from '../../mirror/find-sequence';
import type { Mirror } from '../../mirror/mirror';
import { inTree, openMirror, readChain, sequencePath } from '../../mirror/mirror';
import { readCustodyIfThere, recordNames } from '../../mirror/records';
import type { Run, SequenceRun } from '../../mirror/run';
import type { ArchiveAppearance } from '../../mirror/seal-transaction/seal-transaction';
import { linkFromStore } from '../../mirror/seal-transaction/seal-transaction';
import { copiesOf } from '../../mirror/way-back';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import type { ChainEntry } from '../../sequence/chain-lock';
import type { Custody } from '../../sequence/custody';
import { declareHeld, renderCustody, storeCopy, withVerifiedCopy } from '../../sequence/custody';
import type { SequenceMetadata } from '../../sequence/metadata';
import { dateOf } from '../../sequence/one-line';
import { writeFileAtomically } from '../../system/atomic-file';
import { formatBytes, sumOfBytes } from '../../system/byte-size';
import { makeReadOnly, removeIfEmpty } from '../../system/change-folder';
import { counted } from '../../system/counted';
import { isSeqmirrorError, systemErrorCode } from '../../system/errors';
import { bytesOfFile, isFolder } from '../../system/files';
import { copyArchive } from '../archive-copy';
import { copyFailed, notSealedToRestore, nothingToRestoreFrom, restoreFolderMissing } from '../errors';
import { placesOfCopies } from './places-of-copies';

/** The options of `restoreSequence`. */
export interface RestoreOptions extends SequenceRun {
  /** A folder with copies, absolute or from the top of the workspace. Default: the folders that custody.yaml names. */
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
  /** Sequence folders on other disks, then the sequence's own folder. */
  readonly places: readonly string[];
  readonly elsewhere: readonly string[];
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
  if (options.dryRun) return outcomeOf('planned', await found(mirror, options), options);
  return withMirrorLock(mirror, { purpose: `restore ${options.folder}`, ...options }, async () =>
    bringBack(await found(mirror, options), options),
  );
}

async function found(mirror: Mirror, { folder, from, location }: RestoreOptions): Promise<Found> {
  const chain = await readChain(mirror);
  const entry = requireSealed(mirror, chain, { folder, refusal: notSealedToRestore });
  const metadata = await checkSealed(mirror, chain, entry);
  const custody = await readCustodyIfThere(mirror, folder);
  const named = from === undefined ? undefined : resolve(location.workspaceRoot, from);
  if (named !== undefined && !(await isFolder(named))) throw restoreFolderMissing({ path: named });
  const known = named === undefined ? copiesOf(custody).map(({ where }) => where) : [named];
  const folders: string[] = [];
  const elsewhere: string[] = [];
  for (const where of known) (isAbsolute(where) && (await isFolder(where)) ? folders : elsewhere).push(where);
  const places = [...placesOfCopies(mirror, { folder, metadata, folders }), sequencePath(mirror, folder)];
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
    archives.push({ name: recorded.name, bytes: recorded.bytes, from });
  }
  const { folder } = options;
  return { kind, mirror: mirror.name, number: entry.number, folder, archives, archivesAre: 'absent' };
}

async function bringBack(found: Found, run: Run): Promise<RestoreOutcome> {
  const { mirror, entry, metadata, custody } = found;
  const { progress, signal } = run;
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  progress.step('check');
  const missing: SequenceMetadata['archives'][number][] = [];
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
    const held = withVerifiedCopy(declareHeld(custody), { where: storeCopy, date });
    const record = sequencePath(mirror, entry.folder, recordNames.custody);
    await writeFileAtomically(inTree(mirror, record), renderCustody(held));
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
  recorded: SequenceMetadata['archives'][number],
  { found, store, run }: { found: Found; store: string; run: Run },
): Promise<string> {
  const { data } = found.mirror;
  const candidates = await candidatesFor(recorded, found);
  for (const from of candidates) {
    try {
      if (await copyArchive(from, inData(data, join(store, recorded.name)), { recorded, ...run })) return from;
      run.progress.note(`${from} is not what was sealed: another copy is needed`);
    } catch (error) {
      const reason = systemErrorCode(error);
      if (isSeqmirrorError(error) || reason === undefined) throw error;
      const next = 'Look at the permissions and the free space of both folders, and run the same command again';
      throw copyFailed({ folder: store, reason, next, cause: error });
    }
  }
  throw nowhere(found, [recorded.name], candidates);
}

/** Files with the name and the size of an archive, in the order in which they are tried. */
async function candidatesFor(
  { name, bytes }: SequenceMetadata['archives'][number],
  { mirror, entry, metadata, places }: Found,
): Promise<string[]> {
  const formerStores = storeFolders(mirror.data, entry.folder, metadata).slice(1);
  const paths = [...formerStores, ...places].map((place) => join(place, name));
  const sizes = await Promise.all(paths.map((path) => bytesOfFile(path)));
  return paths.filter((_, index) => sizes[index] === bytes);
}

function nowhere({ mirror, entry, places, elsewhere }: Found, archives: string[], tried: readonly string[]): Error {
  const { number, folder } = entry;
  const looked = tried.length === 0 ? places.slice(0, -1) : tried;
  return nothingToRestoreFrom({ mirror: mirror.name, number, folder, archives, tried: looked, elsewhere });
}
