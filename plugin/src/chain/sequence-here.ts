/** A sealed sequence with what is on this machine of it. */
import type { LocatedArchive } from '../mirror/locate-archives';
import { locateArchives } from '../mirror/locate-archives';
import type { Mirror } from '../mirror/mirror';
import type { SealedSequence } from '../mirror/sealed-chain';
import { copiesOf } from '../mirror/way-back';

/** Where a sequence's archives are: on this machine, in a copy elsewhere, or nowhere. */
export type ArchivesPlace = 'here' | 'elsewhere' | 'nowhere';

/** A sealed sequence, and which of its archives are on this machine. */
export interface SequenceHere extends SealedSequence<'proven and signed'> {
  readonly archives: readonly LocatedArchive[];
  readonly place: ArchivesPlace;
}

/** `elsewhere`: not all archives are here, and custody.yaml names a copy. */
export async function withPlace(mirror: Mirror, sequence: SealedSequence<'proven and signed'>): Promise<SequenceHere> {
  const { entry, metadata, custody } = sequence;
  const { archives } = await locateArchives(mirror, entry.folder, metadata);
  const isHere = archives.every(({ file, recorded }) => file?.bytes === recorded.bytes);
  const isElsewhere = custody?.state !== 'lost' && copiesOf(custody).length > 0;
  return { ...sequence, archives, place: isHere ? 'here' : isElsewhere ? 'elsewhere' : 'nowhere' };
}
