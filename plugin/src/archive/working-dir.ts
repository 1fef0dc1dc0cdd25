/**
 * What oc-mirror packed of its working-dir, or what a working-dir on disk holds: files by their paths in it. release/
 * and catalog/ know what each of them means, needed-by-disk-to-mirror.ts which of them disk-to-mirror needs.
 */
import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { bytesOfFile, entriesIn } from '../system/files';
import { below, privateRoot, inPrivateFolder } from '../system/path-below';
import { readText, readBytes } from '../system/text-file';
import type { ArchiveIndex } from './archive-index';
import { entryPieces, readEntry } from './read-entry';

const prefix = 'working-dir/';

/** One file, wherever it lies. */
export interface WorkingDirFile {
  /** As archives name it: `working-dir/signatures/…`. */
  readonly name: string;
  readonly bytes: number;
  readonly pieces: () => AsyncIterable<Buffer>;
  /** The whole file; `undefined` if it has more bytes than `limit`. */
  readonly read: (options: { limit: number }) => Promise<Buffer | undefined>;
}

export interface WorkingDir {
  /** Paths below `working-dir/`, in the order of the archives. If two files have the same path, the later one counts. */
  readonly paths: readonly string[];
  file(path: string): WorkingDirFile | undefined;
  /** A text; `undefined` if there is no such file, or it has more bytes than `limit`. */
  text(path: string, options: { limit: number }): Promise<string | undefined>;
}

/** The path of an entry below `working-dir/`. */
export function workingDirPath(entryName: string): string {
  return entryName.slice(prefix.length);
}

/** The name of an entry by its path below working-dir. */
export function workingDirEntry(path: string): string {
  return `${prefix}${path}`;
}

/** The files of working-dir in an archive. */
export function filesIn(
  index: Pick<ArchiveIndex, 'path' | 'workingDir'>,
  { signal }: { signal?: AbortSignal | undefined } = {},
): WorkingDirFile[] {
  return index.workingDir.map(({ name, ...place }) => ({
    name,
    bytes: place.bytes,
    pieces: () => entryPieces(index, place, { signal }),
    read: ({ limit }) => readEntry(index, place, { limit, signal }),
  }));
}

/** The files of a working-dir on disk, sorted by name; empty if the folder is missing. */
export async function filesBelow(
  folder: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<WorkingDirFile[]> {
  const entries = await entriesIn(folder, { recursive: true });
  const files: WorkingDirFile[] = [];
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { size: bytes } = await stat(path);
    files.push({
      name: `${prefix}${relative(folder, path).split(sep).join('/')}`,
      bytes,
      pieces: () => entryPieces({ path }, { offset: 0, bytes }, { signal }),
      read: async ({ limit }) => (bytes > limit ? undefined : readBytes(inPrivateFolder(path), { limit })),
    });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A working-dir on disk from which single texts are read. */
export function workingDirAt(folder: string): Pick<WorkingDir, 'text'> {
  return {
    text: async (path, { limit }) => {
      const bytes = await bytesOfFile(join(folder, path));
      return bytes === undefined || bytes > limit ? undefined : readText(below(privateRoot(folder), path), { limit });
    },
  };
}

/** The working-dir that archives together hold. */
export function workingDirIn(
  indexes: readonly Pick<ArchiveIndex, 'path' | 'workingDir'>[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): WorkingDir {
  const files = new Map<string, WorkingDirFile>();
  for (const index of indexes) {
    for (const file of filesIn(index, { signal })) files.set(workingDirPath(file.name), file);
  }
  return {
    paths: [...files.keys()],
    file: (path) => files.get(path),
    text: async (path, options) => (await files.get(path)?.read(options))?.toString('utf8'),
  };
}
