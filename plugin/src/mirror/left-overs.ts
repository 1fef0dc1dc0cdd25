/**
 * Folders in content/ that are named like sequences and hold none. Git leaves them behind when the branch changes: it
 * removes what it tracks, but not what it ignores. Only what is ours and can be made again is removed; anything else
 * keeps the whole folder.
 */
import { lstat, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isArchiveName } from '../archive/names';
import { sealedEntries } from '../sequence/chain-lock';
import { parseSequenceFolder } from '../sequence/folder';
import { isLeftOver as isAside } from '../system/atomic-file';
import { removeFile, removeIfEmpty, removeTree } from '../system/change-folder';
import type { Finding } from '../system/errors';
import { entriesIn, namesIn } from '../system/files';
import { leftOverFound } from './errors';
import type { Chain, Mirror } from './mirror';
import { forPeople, inTree, readChain, sequencePath } from './mirror';
import { recordNames, uploadNames } from './records';

export interface LeftOverFolder {
  readonly folder: string;
  /** The mirror's project and the folder, as people know them. */
  readonly mirror: string;
  readonly path: string;
  readonly names: readonly string[];
  /** What must not be removed, with the reason. If there is anything, nothing is removed. */
  readonly kept: readonly { readonly name: string; readonly why: string }[];
}

/** Left-over folders, sorted by name. If chain.lock cannot be read, nothing is a left-over: any folder may be sealed. */
export async function leftOversIn(mirror: Mirror, chain: Chain): Promise<LeftOverFolder[]> {
  if (chain.findings.some(({ severity }) => severity === 'error')) return [];
  // A sequence whose records are gone although chain.lock has it is damaged, not a left-over.
  const sealed = sealedEntries(chain.lock);
  const sequences = new Set([...chain.folders, ...sealed].map(({ folder }) => folder));
  const folders = (await entriesIn(mirror.content))
    .filter((entry) => entry.isDirectory() && parseSequenceFolder(entry.name) !== undefined)
    .map(({ name }) => name)
    .filter((name) => !sequences.has(name));
  return Promise.all(folders.sort().map((folder) => leftOver(mirror, folder)));
}

export function findingOfLeftOver(leftOver: LeftOverFolder): Finding {
  return leftOverFound(leftOver);
}

/**
 * Removes the left-overs that hold nothing to be kept. Call it with the mirror's lock held, after recovery: a sequence
 * that is being sealed has links before it has records.
 *
 * @returns for each one line for people
 */
export async function sweepLeftOvers(mirror: Mirror): Promise<string[]> {
  const notes: string[] = [];
  for (const { folder, path, names, kept } of await leftOversIn(mirror, await readChain(mirror))) {
    if (kept.length > 0) continue;
    for (const name of names) await remove(mirror, sequencePath(mirror, folder, name));
    await removeIfEmpty(inTree(mirror, sequencePath(mirror, folder)));
    notes.push(`Removed ${path}, which another branch left behind${names.length === 0 ? '' : `: ${names.join(', ')}`}`);
  }
  return notes;
}

async function remove(mirror: Mirror, path: string): Promise<void> {
  const place = inTree(mirror, path);
  await ((await lstat(path)).isDirectory() ? removeTree(place) : removeFile(place));
}

async function leftOver(mirror: Mirror, folder: string): Promise<LeftOverFolder> {
  const path = sequencePath(mirror, folder);
  const names = (await namesIn(path)).sort();
  const kept: { name: string; why: string }[] = [];
  for (const name of names) {
    const why = await whyKept(mirror, join(path, name), names);
    if (why !== undefined) kept.push({ name, why });
  }
  return { folder, mirror: mirror.name, path: forPeople(mirror, path), names, kept };
}

/** Why something in a left-over folder must not be removed; `undefined` if it is ours and can be made again. */
async function whyKept(mirror: Mirror, path: string, beside: readonly string[]): Promise<string | undefined> {
  const name = basename(path);
  const found = await lstat(path);
  if (isArchiveName(name)) {
    if (found.isSymbolicLink()) return (await isOfAStore(path)) ? undefined : 'a link to an archive outside the store';
    if (!found.isFile()) return 'which is not an archive';
    return (await isInStore(mirror, path)) ? undefined : 'an archive that is not in the store';
  }
  if (found.isDirectory()) return name === workingDir ? undefined : 'which seqmirror did not make';
  const isMade = found.isFile() && (isOfAWriter(name) || name.endsWith('.log') || isForUpload(name, beside));
  return isMade ? undefined : 'which seqmirror did not make';
}

/** What oc-mirror unpacks and logs when it uploads from a sequence's folder; .gitignore names it. */
const workingDir = 'working-dir';

/** Left behind by a killed writer, of this version or of the first ones. */
function isOfAWriter(name: string): boolean {
  return isAside(name) || Object.values(recordNames).some((record) => name === `.${record}.tmp`);
}

/** Packaging of a sealed sequence, which is written if it is missing; seq-upload.env tells that it is ours. */
function isForUpload(name: string, beside: readonly string[]): boolean {
  return beside.includes(uploadNames.facts) && Object.values(uploadNames).some((own) => own === name);
}

/** Whether a symbolic link leads to a place in a store, of this data directory or of a former one, or nowhere. */
async function isOfAStore(path: string): Promise<boolean> {
  const folder = dirname(await readlink(path));
  if (basename(dirname(folder)) === 'store' && /^seq\d+-.+\.[0-9a-f]{12}$/.test(basename(folder))) return true;
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  );
}

/** Whether a file of the store is this same file: a sequence that was renumbered has its former name there. */
async function isInStore({ data }: Mirror, path: string): Promise<boolean> {
  const own = await stat(path, { bigint: true });
  if (own.nlink < 2n) return false;
  const store = join(data.root, 'store');
  for (const { name } of (await entriesIn(store)).filter((entry) => entry.isDirectory())) {
    const stored = await lstat(join(store, name, basename(path)), { bigint: true }).catch(() => undefined);
    if (stored?.isFile() === true && stored.dev === own.dev && stored.ino === own.ino) return true;
  }
  return false;
}
