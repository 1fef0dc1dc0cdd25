/** What is validated: a mirror of the workspace, or the content of a folder elsewhere. */
import { basename, dirname, join, resolve } from 'node:path';
import { isArchiveName } from '../archive/names';
import type { BundleEnv } from '../bundle-format/bundle-env';
import { readBundleEnv } from '../bundle-format/bundle-env';
import { isBundleVolume } from '../bundle-format/bundle-volume';
import type { Chain, ChainRecords, Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { recordNames } from '../mirror/records';
import { parseSequenceFolder } from '../sequence/folder';
import { recordLimits } from '../sequence/record-limits';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { bytesOfFile, namesIn } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import { readText } from '../system/text-file';
import { nothingToValidate } from './errors';

export interface Subject {
  /** The name for people. */
  readonly name: string;
  /** Sequences with records. */
  readonly recorded: RecordedSubject | undefined;
  /** Folders with archives that no record belongs to. Absolute paths. */
  readonly plain: readonly string[];
  /** Volumes of transfer bundles. */
  readonly volumes: readonly CarriedVolume[];
}

export interface CarriedVolume {
  /** An absolute path. */
  readonly path: string;
  /** `undefined` if bundle.env cannot be read; then `findings` has its errors. */
  readonly env: BundleEnv | undefined;
  readonly findings: readonly Finding[];
  /** Whether its archives are all that the bundle has; then they are in `plain`. */
  readonly isOnly: boolean;
}

interface RecordedFolders {
  readonly chain: Chain;
  /** Only these of its folders; `undefined`: all. */
  readonly only: readonly string[] | undefined;
}

/**
 * `carried`: copies on a disk. Their files must be complete, but sequences may be missing; they have no settings and no
 * store.
 */
export type RecordedSubject = RecordedFolders &
  (
    | { readonly place: 'workspace'; readonly mirror: Mirror }
    | { readonly place: 'carried'; readonly mirror: ChainRecords }
  );

export async function subjectOf(
  location: MirrorLocation,
  { folder, path }: { folder?: string | undefined; path?: string | undefined },
): Promise<Subject> {
  if (path !== undefined) return subjectIn(path);
  const mirror = await openMirror(location);
  const only = folder === undefined ? undefined : [folder];
  const recorded: RecordedSubject = { mirror, chain: await readChain(mirror), only, place: 'workspace' };
  return { name: mirror.name, recorded, plain: [], volumes: [] };
}

/** @throws SEQ0237 when there is nothing to validate */
async function subjectIn(path: string): Promise<Subject> {
  const root = resolve(path);
  const names = await namesIn(root);
  if (names.includes('content') && names.includes('seqmirror.yaml'))
    return { ...(await subjectIn(join(root, 'content'))), name: path };
  if (await hasRecords(root)) {
    return { name: path, recorded: await carried(dirname(root), [basename(root)]), plain: [], volumes: [] };
  }
  if (names.some(isArchiveName)) return { name: path, recorded: undefined, plain: [root], volumes: [] };
  const folders = await sequenceFolders(root, names);
  const withRecords = folders.filter(({ records }) => records).map(({ name }) => name);
  const paths = isBundleVolume(names)
    ? [root]
    : folders.filter(({ isVolume }) => isVolume).map(({ name }) => join(root, name));
  const volumes = await Promise.all(paths.map(carriedVolume));
  // What the archives of one volume lack may be on another volume.
  const isPart = volumes.some(({ isOnly }) => !isOnly);
  const plain = isPart
    ? []
    : folders.filter(({ records, archives }) => !records && archives).map(({ name }) => join(root, name));
  if (withRecords.length + plain.length + volumes.length === 0) throw nothingToValidate({ path });
  return {
    name: path,
    recorded: withRecords.length === 0 ? undefined : await carried(root, undefined),
    plain,
    volumes,
  };
}

async function carriedVolume(path: string): Promise<CarriedVolume> {
  const { value: env, finding } = await collectError(() => readBundleEnv(path));
  const findings = finding === undefined ? [] : [finding];
  return { path, env, findings, isOnly: env === undefined || env.volumes === 1 || env.volume === 'all' };
}

async function sequenceFolders(root: string, names: readonly string[]) {
  const folders = await Promise.all(
    names.map(async (name) => {
      const within = await namesIn(join(root, name));
      return {
        name,
        number: parseSequenceFolder(name)?.number ?? 0,
        records: await hasRecords(join(root, name)),
        archives: within.some(isArchiveName),
        isVolume: isBundleVolume(within),
      };
    }),
  );
  return folders.sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
}

/** Whether the records are ours: the original script wrote a file with the same name, but without a schema. */
async function hasRecords(folder: string): Promise<boolean> {
  const file = join(folder, recordNames.metadata);
  const bytes = await bytesOfFile(file);
  if (bytes === undefined || bytes > recordLimits.metadata) return false;
  return /^["']?schema["']?\s*:\s*["']?seqmirror\//m.test(
    (await readText(below(readableRoot(folder), file), { limit: recordLimits.metadata })) ?? '',
  );
}

/** Folders of sequences anywhere. */
async function carried(content: string, only: readonly string[] | undefined): Promise<RecordedSubject> {
  const mirror: ChainRecords = { name: basename(content), content, workspaceRoot: content, root: content };
  return { mirror, chain: await readChain(mirror), only, place: 'carried' };
}
