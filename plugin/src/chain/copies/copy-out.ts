/** Copies all archives of a sequence to a place. Deletes nothing. */
import type { Mirror } from '../../mirror/mirror';
import { sumOfBytes } from '../../system/byte-size';
import { archiveNotCopied, copyNeedsSpace } from '../errors';
import type { SequenceHere } from '../sequence-here';
import type { CopyRun, RecordedArchive } from './archive-copy';
import type { CopyPlace } from './copy-place';
import { pathOfCopy } from './paths-of-copies';

/**
 * Copies every archive into a folder of the sequence's own there, or finds that it is there already.
 *
 * @returns the names of those that were copied now
 * @throws SEQ0261 for files in the way, SEQ0262 for archives that are not what was sealed, SEQ0263 for a full disk
 */
export async function copyOut(
  mirror: Mirror,
  { entry, archives }: SequenceHere,
  { place, ...run }: CopyRun & { readonly place: CopyPlace },
): Promise<string[]> {
  const copied: string[] = [];
  for (const { name, file, recorded } of archives) {
    run.signal.throwIfAborted();
    const what = await place.put(pathOfCopy(mirror, entry, name), { file: file?.path, recorded }, run);
    if (what === 'copied') copied.push(name);
    if (what === 'copied' || what === 'there') continue;
    const why = what === 'missing' ? 'the archive is missing' : 'the sha256 differs from the recorded sha256';
    throw archiveNotCopied({ mirror: mirror.name, number: entry.number, folder: entry.folder, archive: name, why });
  }
  return copied;
}

/** The archives of a sequence that are not at a place yet. */
export async function missingAt(
  mirror: Mirror,
  { entry, archives }: SequenceHere,
  place: CopyPlace,
): Promise<RecordedArchive[]> {
  const seen = await Promise.all(archives.map(({ name }) => place.look(pathOfCopy(mirror, entry, name))));
  return archives.flatMap(({ recorded }, index) => (seen[index] === undefined ? [recorded] : []));
}

/** @throws SEQ0263 if the place has too little space for what is not there yet */
export async function requireSpaceAt(
  mirror: Mirror,
  sequences: readonly SequenceHere[],
  place: CopyPlace,
): Promise<void> {
  const free = await place.freeBytes();
  if (free === undefined) return;
  let needed = 0;
  for (const sequence of sequences) needed += sumOfBytes(await missingAt(mirror, sequence, place));
  if (needed > free) throw copyNeedsSpace({ place: place.where, needed, free });
}
