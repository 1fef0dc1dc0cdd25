/**
 * Where a mirror keeps what Git does not: outside the work tree, because `git clean -ffdx` would erase it.
 *
 *   <data>/lock                             one run at a time
 *   <data>/store/seq1-baseline.2d711642b726/ archives of sealed sequences, read-only, never written again
 *   <data>/frames/seq1-baseline.2d711642b726/mirror_000001.tar.frame.gz
 *                                           of the same archives, all that is no blob's content, compressed:
 *                                           from which and from blobs found elsewhere they can be made again
 *   <data>/stage/seq2-add-logging/          work on a sequence that isn't sealed yet
 *   <data>/reissue/seq1-baseline.2d711642b726/ work on archives of a sealed sequence that are made again
 *   <data>/checked/                         what was found in records, for as long as they are not changed
 *   <data>/run-times.jsonl                  how long the last runs took, for plans
 *   <data>/engines/<engine>/                what serves an engine's later runs: cache, working-dir
 *
 * All of it lies on one file system, so that promotion is a rename.
 */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseSequenceFolder, sequenceFolderName } from '../sequence/folder';
import type { SequenceMetadata } from '../sequence/metadata';
import type { Seal } from '../sequence/seal';
import { operatorKeyFile } from '../system/operator-key';
import type { PathBelow } from '../system/path-below';
import { below, privateRoot, sharedRoot } from '../system/path-below';
import type { MirrorSettings } from './settings';

export interface DataDirectory {
  readonly root: string;
  readonly lockFile: string;
  /** The key of the account that works in it; see operator-key.ts. */
  readonly keyFile: string;
  /** SEQMIRROR_SHARED_DATA_DIR: the environment says that whoever else can write there is trusted as this account is. */
  readonly isShared: boolean;
}

/** What names a mirror's data directory; the first of these that does decides. */
export type DataDirectorySource = 'SEQMIRROR_DATA_DIR' | 'dataDir' | 'XDG_DATA_HOME' | 'HOME';

/**
 * `SEQMIRROR_DATA_DIR`, else `dataDir` of seqmirror.yaml, else the user's own data folder. It is not checked here
 * whether it can be used.
 */
export function dataDirectory(
  settings: Pick<MirrorSettings, 'id' | 'dataDir'>,
  { mirrorRoot, env }: { mirrorRoot: string; env: Readonly<NodeJS.ProcessEnv> },
): DataDirectory & { readonly from: DataDirectorySource } {
  const { id, dataDir } = settings;
  const isShared = env['SEQMIRROR_SHARED_DATA_DIR'] === '1';
  const keyFile = operatorKeyFile(env);
  const at = (root: string, from: DataDirectorySource) => ({
    root,
    lockFile: join(root, 'lock'),
    keyFile,
    isShared,
    from,
  });
  const fromEnvironment = env['SEQMIRROR_DATA_DIR'];
  if (fromEnvironment) return at(join(resolve(fromEnvironment), id), 'SEQMIRROR_DATA_DIR');
  if (dataDir !== undefined) return at(resolve(mirrorRoot, dataDir), 'dataDir');
  // XDG Base Directory Specification 0.8: relative values of XDG_DATA_HOME are to be ignored.
  const dataHome = env['XDG_DATA_HOME'];
  if (dataHome && isAbsolute(dataHome)) return at(join(dataHome, 'seqmirror', id), 'XDG_DATA_HOME');
  return at(join(env['HOME'] ?? homedir(), '.local', 'share', 'seqmirror', id), 'HOME');
}

/** A file or folder of a data directory, by its absolute path, in the form that system/ reads, writes and removes. */
export function inData({ root, isShared }: Pick<DataDirectory, 'root' | 'isShared'>, path: string): PathBelow {
  return below(isShared ? sharedRoot(root) : privateRoot(root), path);
}

export function storeFolder(data: DataDirectory, folder: string, seal: Seal): string {
  return join(data.root, 'store', sealedName(folder, seal));
}

/** Where the frames of a sealed sequence's archives are. */
export function framesFolder(data: DataDirectory, folder: string, seal: Seal): string {
  return join(data.root, 'frames', sealedName(folder, seal));
}

function sealedName(folder: string, seal: Seal): string {
  return `${folder}.${seal.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

/**
 * Where a sealed sequence's archives may lie in the store, most likely first. If it was renumbered on another machine,
 * this machine's store still has them under the former name.
 */
export function storeFolders(data: DataDirectory, folder: string, metadata: Places): string[] {
  return sealedPlaces(folder, metadata).map((place) => storeFolder(data, place.folder, place.seal));
}

/** The same for its frames. */
export function framesFolders(data: DataDirectory, folder: string, metadata: Places): string[] {
  return sealedPlaces(folder, metadata).map((place) => framesFolder(data, place.folder, place.seal));
}

type Places = Pick<SequenceMetadata, 'seal' | 'renumbered_from'>;

function sealedPlaces(
  folder: string,
  { seal, renumbered_from: former }: Places,
): { readonly folder: string; readonly seal: Seal }[] {
  const name = parseSequenceFolder(folder)?.name;
  const now = { folder, seal };
  if (former === undefined || name === undefined) return [now];
  return [now, { folder: sequenceFolderName(former.sequence_number, name), seal: former.seal }];
}

export function stageFolder(data: DataDirectory, folder: string): string {
  return join(data.root, 'stage', folder);
}

/**
 * Where the archives of a sealed sequence are made again. Not in `stage/`: what was fetched for them is kept from run
 * to run.
 */
export function reissueFolder(data: DataDirectory, folder: string, seal: Seal): string {
  return join(data.root, 'reissue', sealedName(folder, seal));
}

export function engineFolder(data: DataDirectory, engine: string): string {
  return join(data.root, 'engines', engine);
}
