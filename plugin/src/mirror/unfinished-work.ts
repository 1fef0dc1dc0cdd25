/** What runs that were stopped or killed keep in the data directory for the next run, and how a person removes it. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { sealedEntry } from '../sequence/chain-lock';
import { parseSequenceFolder } from '../sequence/folder';
import { entriesIn } from '../system/files';
import { readLock } from '../system/lock';
import { shellWord } from '../system/shell-word';
import type { Chain, Mirror } from './mirror';

export interface UnfinishedWork {
  /** `stage/seq2-add-logging` in the data directory. */
  readonly name: string;
  readonly path: string;
  /** The bytes of all its files. */
  readonly bytes: number;
  /** The command that continues the work; `undefined` if the sequence no longer exists or is sealed. */
  readonly next: string | undefined;
  /** The command that deletes the work. The next run then starts from the beginning. */
  readonly remove: string;
}

/**
 * Sorted by name; nothing of folders without content, which cost nobody anything. Empty while a run holds the lock: its
 * work is under way, not left over.
 */
export async function unfinishedWorkIn(mirror: Mirror, chain: Chain): Promise<UnfinishedWork[]> {
  const { lockFile } = mirror.data;
  if ((await readLock(lockFile).catch(() => undefined))?.state === 'held') return [];
  return workFoundIn(mirror, chain);
}

/** The same for whoever holds the lock: no other run is at work then. */
export async function workFoundIn(mirror: Mirror, chain: Chain): Promise<UnfinishedWork[]> {
  const { root } = mirror.data;
  const found: UnfinishedWork[] = [];
  for (const kind of ['stage', 'reissue'] as const) {
    const folders = (await entriesIn(join(root, kind))).filter((entry) => entry.isDirectory());
    for (const folder of folders.map(({ name }) => name).sort()) {
      const path = join(root, kind, folder);
      const bytes = await bytesBelow(path);
      if (bytes === 0) continue;
      found.push({
        ...{ name: join(kind, folder), path, bytes },
        next: commandFor(kind, folder, { mirror, chain }),
        remove: `rm -r ${shellWord(path)}`,
      });
    }
  }
  return found;
}

function commandFor(
  kind: 'stage' | 'reissue',
  folder: string,
  { mirror, chain }: { readonly mirror: Mirror; readonly chain: Chain },
): string | undefined {
  const name = kind === 'stage' ? folder : folder.replace(/\.[^.]*$/, '');
  const number = parseSequenceFolder(name)?.number;
  if (number === undefined || !chain.folders.some((sequence) => sequence.folder === name)) return undefined;
  const isSealed = sealedEntry(chain.lock, number)?.folder === name;
  if (isSealed !== (kind === 'reissue')) return undefined;
  return kind === 'stage'
    ? `nx run ${mirror.name}:seq${number}`
    : `nx run ${mirror.name}:reissue --sequence=seq${number}`;
}

/** Folders that cannot be read, for instance because they disappear meanwhile, count as nothing. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await entriesIn(folder, { recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) =>
      lstat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
