/** Finds the folders of sequences that are not named by their folders. */
import { noSuchSequence } from '../mirror/errors';
import { newestSealed } from '../mirror/find-sequence';
import type { MirrorLocation } from '../mirror/mirror';
import { forPeople, openMirror, readChain } from '../mirror/mirror';
import { sealedEntries, sealedEntry } from '../sequence/chain-lock';
import { parseSequenceFolder } from '../sequence/folder';

/**
 * The folder of a sequence.
 *
 * @param named `seq2`, or the folder's name. If two folders claim a number, it is the sealed one's. Default: the newest
 *   sealed sequence
 * @throws SEQ0232 if content/ has no such folder, SEQ0239 if nothing is sealed
 *
 * @example
 * ```ts
 * const newest = await sequenceFolder(location);
 * const second = await sequenceFolder(location, 'seq2');
 * ```
 */
export async function sequenceFolder(location: MirrorLocation, named?: string): Promise<string> {
  const mirror = await openMirror(location);
  const chain = await readChain(mirror);
  if (named === undefined) return newestSealed(mirror, chain).folder;
  const { lock, folders } = chain;
  const claiming = folders.filter(({ folder, number }) => folder === named || `seq${number}` === named);
  const found = claiming.find(({ folder, number }) => sealedEntry(lock, number)?.folder === folder) ?? claiming[0];
  if (found !== undefined) return found.folder;
  throw noSuchSequence({
    folder: named,
    content: forPeople(mirror, mirror.content),
    known: folders.map(({ folder }) => folder),
  });
}

/**
 * The folders of a sequence and of all before it, in order: one for each number that a folder or chain.lock has, the
 * sealed one if several claim it.
 *
 * @param folder `seq2-add-logging`
 *
 * @example
 * ```ts
 * const folders = await sequenceFoldersUpTo(location, 'seq2-add-logging');
 * ```
 */
export async function sequenceFoldersUpTo(location: MirrorLocation, folder: string): Promise<string[]> {
  const { lock, folders } = await readChain(await openMirror(location));
  const last = parseSequenceFolder(folder)?.number ?? 0;
  const byNumber = new Map<number, string>();
  for (const claiming of folders) if (!byNumber.has(claiming.number)) byNumber.set(claiming.number, claiming.folder);
  for (const { number, folder: its } of sealedEntries(lock)) byNumber.set(number, its);
  return [...byNumber]
    .filter(([number]) => number <= last)
    .sort(([a], [b]) => a - b)
    .map(([, found]) => found);
}
