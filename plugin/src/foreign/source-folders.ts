/** Finds the sequences in a folder that is to be adopted: which archives make a sequence each, and in which order. */
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isArchiveName } from '../archive/names';
import { counted } from '../system/counted';
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError, systemErrorCode } from '../system/errors';
import { printable } from '../system/printable';
import { fileTrouble } from '../system/system-errors';
import { fileRefused, nothingToAdopt } from './errors';

/** A file as it was when it was checked. */
export interface SourceFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly device: number;
  readonly inode: number;
  readonly modifiedMs: number;
}

/** A folder whose archives become one sequence. */
export interface SourceFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Its own name, which is foreign text too. */
  readonly name: string;
  /** Parsed from `seqN-…`; `undefined` if the folder has another name. */
  readonly sequence: { readonly number: number; readonly name: string } | undefined;
  readonly archives: readonly SourceFile[];
}

export interface RefusedSource {
  readonly path: string;
  readonly name: string;
  /** The index in `folders` before which it stands. */
  readonly before: number;
  readonly error: SeqmirrorError;
}

export interface SourceFolders {
  readonly folders: readonly SourceFolder[];
  /** Folders with archives that cannot be used, in their place in the order. */
  readonly refused: readonly RefusedSource[];
  /** What was left out on purpose, one line each. */
  readonly notes: readonly string[];
}

const version1Pattern = /^mirror_seq\d+_\d{6}\.tar$/;
const sequencePattern = /^seq(\d{1,6})(?:-(.*))?$/s;
const mostEntries = 100_000;

/**
 * Finds the sequences in a folder: its `seqN-…` folders in the order of their numbers, as the original script makes
 * them; else the folder itself, as oc-mirror writes it; else the folders in it that hold archives, by name. Symbolic
 * links in it are not followed.
 *
 * @throws SEQ0246 if no such folder is there
 */
export async function findSourceFolders(source: string): Promise<SourceFolders> {
  const path = await realpath(source).catch((error) => {
    throw fileTrouble({ path: source, verb: 'read', reason: systemErrorCode(error) ?? 'unknown reason', cause: error });
  });
  const entries = await entriesOf(path);
  const own = entries.filter(({ name }) => isArchiveName(name));
  const children = entries.filter((entry) => entry.isDirectory());
  const numbered = await withArchives(
    path,
    children.filter(({ name }) => sequencePattern.test(name)),
  );
  const links = entries.filter((entry) => entry.isSymbolicLink() && sequencePattern.test(entry.name));
  const notes = links.map(
    ({ name }) =>
      `${printable(name)} is a symbolic link, which seqmirror does not follow. Adopt the folder to which it leads`,
  );
  if (numbered.some(({ archives }) => archives.length > 0)) {
    const empty = numbered.filter(({ archives }) => archives.length === 0);
    return read(path, numbered.filter(({ archives }) => archives.length > 0).sort(byNumber), [
      ...notes,
      ...empty.map(({ name }) => `${printable(name)} has no archives, so it was ignored`),
      ...(own.length === 0
        ? []
        : [
            `${counted(own.length, 'archive')} in the folder itself belong to no sequence. Move them to a folder of their own to adopt them`,
          ]),
    ]);
  }
  if (own.length > 0) {
    return read(join(path, '..'), [{ name: basename(path), archives: own.map(({ name }) => name) }], notes);
  }
  const others = (await withArchives(path, children)).filter(({ archives }) => archives.length > 0).sort(byName);
  if (others.length > 0) return read(path, others, notes);
  const hasVersion1 = entries.some(({ name }) => version1Pattern.test(name));
  throw nothingToAdopt({
    source,
    why: hasVersion1
      ? 'oc-mirror v1 made these archives (mirror_seq1_000000.tar); seqmirror reads archives of oc-mirror v2 only'
      : 'There is no mirror_000001.tar in the folder or in its subfolders',
  });
}

interface NamedFolder {
  readonly name: string;
  readonly archives: readonly string[];
}

function byNumber(a: NamedFolder, b: NamedFolder): number {
  const number = ({ name }: NamedFolder): number => Number(sequencePattern.exec(name)?.[1]);
  return number(a) - number(b) || byName(a, b);
}

function byName(a: NamedFolder, b: NamedFolder): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.name < b.name ? -1 : 1);
}

async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
    throw fileTrouble({ path, verb: 'read', reason: systemErrorCode(error) ?? 'unknown reason', cause: error });
  });
  if (entries.length > mostEntries)
    throw nothingToAdopt({ source: path, why: `The folder has ${entries.length} entries` });
  return entries;
}

async function withArchives(path: string, children: readonly Dirent[]): Promise<NamedFolder[]> {
  return Promise.all(
    children.map(async ({ name }) => ({
      name,
      archives: (await entriesOf(join(path, name))).map((entry) => entry.name).filter(isArchiveName),
    })),
  );
}

async function read(parent: string, named: readonly NamedFolder[], notes: readonly string[]): Promise<SourceFolders> {
  const folders: SourceFolder[] = [];
  const refused: RefusedSource[] = [];
  for (const { name, archives } of named) {
    const path = join(parent, name);
    const [, number, rest] = sequencePattern.exec(name) ?? [];
    try {
      folders.push({
        path,
        name,
        sequence: number === undefined ? undefined : { number: Number(number), name: rest ?? '' },
        archives: await Promise.all([...archives].sort().map((archive) => sourceFile(join(path, archive)))),
      });
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      refused.push({ path, name, before: folders.length, error });
    }
  }
  return { folders, refused, notes };
}

/** @throws SEQ0251 for anything but a regular file */
async function sourceFile(path: string): Promise<SourceFile> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) {
    throw fileRefused({
      file: path,
      why: 'The file is a symbolic link that leads out of this folder',
      next: 'Replace the link with the archive itself, or adopt the folder to which the link leads',
    });
  }
  if (!found.isFile()) throw fileRefused({ file: path, why: 'The file is a folder, a device or another special file' });
  return identityOf(path, found);
}

export function identityOf(path: string, { size, dev, ino, mtimeMs }: Stats): SourceFile {
  return { path, name: basename(path), bytes: size, device: dev, inode: ino, modifiedMs: mtimeMs };
}

/** Whether a path is still the same file that was checked, or a hard link to it. */
export async function isSameFile(path: string, known: SourceFile): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return (
    found !== undefined &&
    found.isFile() &&
    found.size === known.bytes &&
    found.dev === known.device &&
    found.ino === known.inode &&
    found.mtimeMs === known.modifiedMs
  );
}
