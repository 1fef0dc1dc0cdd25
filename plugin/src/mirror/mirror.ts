import { join, relative, resolve, sep } from 'node:path';
import type { ChainLock } from '../sequence/chain-lock';
import { parseChainLock } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import { holdsSequence, parseSequenceFolder } from '../sequence/folder';
import type { Finding } from '../system/errors';
import { SeqmirrorError } from '../system/errors';
import { entriesIn, namesNow } from '../system/files';
import type { PathBelow } from '../system/path-below';
import { below, readableRoot } from '../system/path-below';
import { readText, readTextIfThere } from '../system/text-file';
import type { DataDirectory } from './data-directory';
import { dataDirectory } from './data-directory';
import { guardDataDirectory } from './data-directory-guard';
import { mirrorNameFromFolder } from './mirror-name';
import type { MirrorSettings } from './settings';
import { requireSettings } from './settings';
import type { Signer } from './signer';
import { signerBy } from './signer';

/** Where the records of a chain are: `content/` of a mirror, `chain/` of a bundle. */
export interface ChainRecords {
  /** The mirror's Nx project, for commands in messages. */
  readonly name: string;
  /** The folder of the sequences' folders and chain.lock. An absolute path. */
  readonly content: string;
  /** Paths in messages are relative to this. An absolute path. */
  readonly workspaceRoot: string;
  /** The mirror's folder, or the medium. An absolute path; links below it are not followed. */
  readonly root: string;
}

/** A mirror as it lies on disk: where its parts are, and its settings. */
export interface Mirror extends ChainRecords {
  readonly settings: MirrorSettings;
  /** Always verifies, by ssh unless the settings name another program; signs if the settings have `signing`. */
  readonly signer: Signer;
  /**
   * The file of signers that SEQMIRROR_ALLOWED_SIGNERS names, absolute. It lies outside the repository, so that whoever
   * opens a pull request cannot add a signer.
   */
  readonly namedSigners?: string | undefined;
  readonly data: DataDirectory;
}

/** The chain in `content/`, including sequences that are not sealed yet. */
export interface Chain {
  readonly lock: ChainLock;
  /** What is wrong with chain.lock; `lock` still has the lines that could be read. */
  readonly findings: readonly Finding[];
  /** Sorted by number, then by name. Several may claim one number. */
  readonly folders: readonly SequenceFolder[];
}

export const settingsFileName = 'seqmirror.yaml';
const contentFolderName = 'content';
export const chainLockName = 'chain.lock';
/** The most bytes that chain.lock can have. */
export const chainLockLimit = 20 * 1024 ** 2;

/** Which mirror is meant: its folder in a workspace, and the environment that it is read with. */
export interface MirrorLocation {
  readonly workspaceRoot: string;
  /** Relative to the workspace, with forward slashes: `platform/mirror`. */
  readonly mirrorRoot: string;
  /** The Nx project's name where the caller knows it. */
  readonly name?: string | undefined;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/**
 * @throws SEQ0170 when seqmirror.yaml breaks a rule, SEQ0702 when it can't be read, SEQ0173 and SEQ0174 when
 *   others than the operator can write to its data directory
 */
export async function openMirror({ workspaceRoot, mirrorRoot, name, env }: MirrorLocation): Promise<Mirror> {
  const root = resolve(workspaceRoot, mirrorRoot);
  const { SEQMIRROR_ALLOWED_SIGNERS: signers = '' } = env;
  const file = join(root, settingsFileName);
  const settings = requireSettings(await readText(below(readableRoot(root), file)), relative(workspaceRoot, file));
  const data = dataDirectory(settings, { mirrorRoot: root, env });
  await guardDataDirectory(data, { dataDir: settings.dataDir, workspaceRoot });
  return {
    name: name ?? settings.name ?? mirrorNameFromFolder(mirrorRoot),
    root,
    content: join(root, contentFolderName),
    workspaceRoot,
    settings,
    signer: signerBy(settings.signing ?? { with: 'ssh' }, { env, folder: root }),
    namedSigners: signers === '' ? undefined : resolve(workspaceRoot, signers),
    data,
  };
}

export async function readChain(mirror: ChainRecords): Promise<Chain> {
  const file = chainLockFile(mirror);
  const text = (await readTextIfThere(inTree(mirror, file), { limit: chainLockLimit })) ?? '';
  const { lock, findings } = parseChainLock(text, forPeople(mirror, file), { mirror: mirror.name });
  return { lock, findings, folders: await sequenceFolders(mirror) };
}

/** @throws the first error of chain.lock: a merge conflict, a line that cannot be read, two lines for one number */
export function requireSoundLock({ findings }: Chain): void {
  const [broken] = findings.filter(({ severity }) => severity === 'error');
  if (broken !== undefined) throw new SeqmirrorError(broken);
}

/** Folders that are named like sequences and hold one; left-overs.ts handles the others. */
async function sequenceFolders({ content }: ChainRecords): Promise<SequenceFolder[]> {
  const entries = await entriesIn(content);
  const folders: SequenceFolder[] = [];
  for (const entry of entries) {
    const parsed = entry.isDirectory() ? parseSequenceFolder(entry.name) : undefined;
    if (parsed === undefined) continue;
    if (holdsSequence(namesNow(join(content, entry.name)))) folders.push(parsed);
  }
  return folders.sort((a, b) => a.number - b.number || (a.folder < b.folder ? -1 : 1));
}

/** A file of a mirror's tree or of a medium, by its absolute path, in the form that system/ reads and writes. */
export function inTree({ root }: Pick<ChainRecords, 'root'>, path: string): PathBelow {
  return below(readableRoot(root), path);
}

export function chainLockFile(mirror: ChainRecords): string {
  return join(mirror.content, chainLockName);
}

export function sequencePath(mirror: ChainRecords, folder: string, ...names: readonly string[]): string {
  return join(mirror.content, folder, ...names);
}

/** A path as people know it: from the workspace's top, with forward slashes. */
export function forPeople(mirror: ChainRecords, path: string): string {
  return relative(mirror.workspaceRoot, path).split(sep).join('/');
}
