import type { SequenceFolder } from '../sequence/folder';
import { noSuchSequence } from './errors';
import type { Chain, Mirror } from './mirror';
import { contentFolderName, forPeople } from './mirror';
import { join } from 'node:path';

/** @throws SEQ0232 when content/ has no such folder */
export function findSequence(mirror: Mirror, chain: Chain, folder: string): SequenceFolder {
  const found = chain.folders.find((candidate) => candidate.folder === folder);
  if (found !== undefined) return found;
  throw noSuchSequence({
    folder,
    content: forPeople(mirror, join(mirror.root, contentFolderName)),
    known: chain.folders.map(({ folder: known }) => known),
  });
}
