import { join } from 'node:path';
import { containsArchiveName } from '../archive/names';
import type { SequenceMetadata } from '../sequence/metadata';
import { bytesOfFile, isFolder, namesIn } from '../system/files';
import type { DataDirectory } from './data-directory';
import { storeFolders } from './data-directory';
import type { ChainRecords } from './mirror';
import { sequencePath } from './mirror';

export interface LocatedArchive {
  readonly name: string;
  /** `undefined` if it is missing. */
  readonly file: { readonly path: string; readonly bytes: number } | undefined;
  readonly recorded: SequenceMetadata['archives'][number];
}

export interface LocatedArchives {
  /** `absent`: there is neither a file nor a folder in the store. */
  readonly presence: 'here' | 'absent';
  readonly archives: readonly LocatedArchive[];
  /** Paths of files that oc-mirror would wrongly take for archives of this sequence. */
  readonly unexpected: readonly string[];
}

/** Records with archives beside them; those of a mirror also have a store. */
export interface ChainOnDisk extends ChainRecords {
  readonly data?: DataDirectory | undefined;
}

/** Finds each archive in the sequence's folder, where it is carried from, else in the store. */
export async function locateArchives(
  chain: ChainOnDisk,
  folder: string,
  metadata: SequenceMetadata,
): Promise<LocatedArchives> {
  const own = sequencePath(chain, folder);
  const folders = [own, ...(chain.data === undefined ? [] : storeFolders(chain.data, folder, metadata))];
  const archives = await Promise.all(
    metadata.archives.map(async (recorded) => ({
      name: recorded.name,
      recorded,
      file: await firstFile(folders.map((path) => join(path, recorded.name))),
    })),
  );
  const stored = await Promise.all(folders.slice(1).map((path) => isFolder(path)));
  const isHere = archives.some(({ file }) => file !== undefined) || stored.includes(true) || archives.length === 0;
  const names = new Set(archives.map(({ name }) => name));
  const others = (await namesIn(own)).filter((name) => containsArchiveName(name) && !names.has(name));
  return { presence: isHere ? 'here' : 'absent', archives, unexpected: others.map((name) => join(own, name)) };
}

async function firstFile(paths: readonly string[]): Promise<{ path: string; bytes: number } | undefined> {
  for (const path of paths) {
    const bytes = await bytesOfFile(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}
