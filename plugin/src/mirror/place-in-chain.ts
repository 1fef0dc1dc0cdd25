/** Checks the chain before a planned sequence is mirrored. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isArchiveName } from '../archive/names';
import type { SequenceFolder } from '../sequence/folder';
import { chainLockDisagrees, foreignArchives, gapInNumbers, numberClaimedTwice } from './errors';
import type { Chain, ChainRecords } from './mirror';
import { chainLockFile, forPeople, requireSoundLock, sequencePath } from './mirror';
import { readMetadataIfThere, recordFile, recordNames } from './records';

/**
 * Checks that the number belongs to this folder alone, that all numbers before it are there, and that chain.lock and
 * records agree.
 *
 * @throws SEQ0202, SEQ0204, SEQ0207, SEQ0212 to SEQ0214, SEQ0234
 */
export async function checkPlaceInChain(mirror: ChainRecords, chain: Chain, sequence: SequenceFolder): Promise<void> {
  const { number, folder } = sequence;
  const other = chain.folders.find((candidate) => candidate.number === number && candidate.folder !== folder);
  if (other !== undefined) {
    const otherIsSealed = chain.lock.entries.some((entry) => entry.folder === other.folder && entry.state === 'sealed');
    throw numberClaimedTwice({ mirror: mirror.name, number, folder, other: other.folder, otherIsSealed });
  }
  requireSoundLock(chain);
  const numbers = new Set(chain.folders.map((candidate) => candidate.number));
  const missing = Array.from({ length: number - 1 }, (_, index) => index + 1).find((before) => !numbers.has(before));
  if (missing !== undefined) {
    throw gapInNumbers({ missing, folder, content: forPeople(mirror, mirror.content) });
  }
  const metadata = await readMetadataIfThere(mirror, folder);
  if (metadata !== undefined) {
    throw chainLockDisagrees({
      file: forPeople(mirror, chainLockFile(mirror)),
      what: `${folder} has the records of a sealed sequence, but no line in chain.lock`,
      why: 'The line was lost in a merge or by an edit',
      next:
        `Add this line again: ${number} ${folder} ${metadata.seal}. Or, to mirror the sequence again, ` +
        `delete ${recordFile(mirror, folder, recordNames.metadata)}`,
    });
  }
  await checkNoForeignArchives(mirror, folder);
}

/** Archives that are not our links would be in the way, and may be somebody's only copy. */
async function checkNoForeignArchives(mirror: ChainRecords, folder: string): Promise<void> {
  const path = sequencePath(mirror, folder);
  for (const name of await readdir(path)) {
    if (!isArchiveName(name)) continue;
    const found = await lstat(join(path, name));
    if (found.isFile() && found.nlink === 1)
      throw foreignArchives({ folder, file: forPeople(mirror, join(path, name)) });
  }
}
