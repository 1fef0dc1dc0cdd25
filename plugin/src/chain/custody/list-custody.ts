/** Who has the archives of each sequence, as the records say. */
import type { Mirror, MirrorLocation } from '../../mirror/mirror';
import { openMirror, readChain } from '../../mirror/mirror';
import { newestSealed, requireSealed } from '../../mirror/find-sequence';
import { openSealedChain } from '../../mirror/sealed-chain';
import type { Custody, CustodyCopy } from '../../sequence/custody';
import { sumOfBytes } from '../../system/byte-size';
import { notSealedToRestore } from '../errors';
import type { SequenceHere } from '../sequence-here';
import { withPlace } from '../sequence-here';

/** One sequence and its copies. */
export interface SequenceCustody {
  readonly number: number;
  readonly folder: string;
  /** The bytes of all its archives. */
  readonly bytes: number;
  readonly state: Custody['state'];
  /** Whether all its archives are on this machine. */
  readonly isHere: boolean;
  /** As custody.yaml lists them; `store` is the data directory of the machine that wrote the date. */
  readonly copies: readonly CustodyCopy[];
}

/** What `listCustody` found. */
export interface CustodyListing {
  readonly kind: 'listed';
  readonly mirror: string;
  readonly sequences: readonly SequenceCustody[];
}

/** Which sequences are meant. */
export interface CustodyScope {
  readonly location: MirrorLocation;
  /** One sequence's folder. Default: all sealed sequences. */
  readonly folder?: string | undefined;
}

/**
 * Lists the copies of all sequences, or of one. Reads records, and sizes on this machine; asks no place.
 *
 * @throws SEQ0239 if nothing is sealed, SEQ0264 if this sequence is not
 *
 * @example
 * ```ts
 * const { sequences } = await listCustody({ location });
 * ```
 */
export async function listCustody(scope: CustodyScope): Promise<CustodyListing> {
  const mirror = await openMirror(scope.location);
  const sequences = await sequencesOf(mirror, scope);
  return {
    kind: 'listed',
    mirror: mirror.name,
    sequences: sequences.map(({ entry, metadata, custody, place }) => ({
      ...{ number: entry.number, folder: entry.folder },
      bytes: sumOfBytes(metadata.archives),
      state: custody?.state ?? 'held',
      isHere: place === 'here',
      copies: custody?.copies ?? [],
    })),
  };
}

/** The sealed sequences that are meant, their records checked. @throws SEQ0239 if nothing is sealed */
export async function sequencesOf(mirror: Mirror, { folder }: Pick<CustodyScope, 'folder'>): Promise<SequenceHere[]> {
  const chain = await readChain(mirror);
  newestSealed(mirror, chain);
  const only = folder === undefined ? undefined : requireSealed(mirror, chain, { folder, refusal: notSealedToRestore });
  const { sequences } = await openSealedChain(mirror, { trust: 'proven and signed', chain });
  const meant = sequences.filter(({ entry }) => only === undefined || entry.number === only.number);
  return Promise.all(meant.map((sequence) => withPlace(mirror, sequence)));
}
