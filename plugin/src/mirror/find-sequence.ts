import type { ChainEntry } from '../sequence/chain-lock';
import { headOf, sealedEntry } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import type { SeqmirrorError } from '../system/errors';
import { noSuchSequence, nothingSealed } from './errors';
import type { Chain, ChainRecords } from './mirror';
import { forPeople } from './mirror';

/** @throws SEQ0232 when content/ has no such folder */
export function findSequence(mirror: ChainRecords, chain: Chain, folder: string): SequenceFolder {
  const found = chain.folders.find((candidate) => candidate.folder === folder);
  if (found !== undefined) return found;
  throw noSuchSequence({
    folder,
    content: forPeople(mirror, mirror.content),
    known: chain.folders.map(({ folder: known }) => known),
  });
}

/**
 * The line in chain.lock of a sequence that has to be sealed.
 *
 * @param refusal makes the error for one that is not
 * @throws SEQ0232 when content/ has no such folder
 */
export function requireSealed(
  mirror: ChainRecords,
  chain: Chain,
  {
    folder,
    refusal,
  }: {
    readonly folder: string;
    readonly refusal: (facts: { mirror: string; number: number; folder: string }) => SeqmirrorError;
  },
): ChainEntry {
  const { number } = findSequence(mirror, chain, folder);
  const entry = sealedEntry(chain.lock, number);
  if (entry?.folder === folder) return entry;
  throw refusal({ mirror: mirror.name, number, folder });
}

/** The newest sealed sequence. @throws SEQ0239 if nothing is sealed */
export function newestSealed({ name }: Pick<ChainRecords, 'name'>, { lock, folders }: Chain): ChainEntry {
  const head = headOf(lock);
  if (head === undefined) throw nothingSealed({ mirror: name, planned: folders[0]?.number });
  return head;
}
