import type { SequenceFolder } from '../sequence/folder';
import { noSuchSequence } from './errors';
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
