/**
 * The sealed sequences up to a number, with what the next one needs to know about them. Called by all that builds on a
 * chain: mirroring, adopting, renumbering, bundling, uploading, and the status of sites. Three read records themselves,
 * because they go on where this one stops: `chain/list-sequences`, `validation/recorded-sequences` and
 * `reissue/survey`.
 */
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { baseBlobs, baseChain } from '../sequence/base';
import type { ChainEntry, ChainLock } from '../sequence/chain-lock';
import { headOf, sealedEntry } from '../sequence/chain-lock';
import type { Custody } from '../sequence/custody';
import { servesAsBase } from '../sequence/custody';
import { applyImageChanges } from '../sequence/images';
import type { BaseChoice } from '../sequence/intent';
import type { Inventory } from '../sequence/inventory';
import type { LinkHolders } from '../sequence/link-holders';
import { linkHolders, recordedLinks } from '../sequence/link-holders';
import type { SequenceMetadata } from '../sequence/metadata';
import { checkSealed } from './check-sealed';
import type { CheckedRecords } from './checked-records';
import { predecessorNotSealed } from './errors';
import type { Chain, ChainRecords, Mirror } from './mirror';
import { readChain, requireSoundLock } from './mirror';
import { readCustodyIfThere, readInventory, readMetadata } from './records';
import { requireChainSignature } from './signing/signing';

/**
 * What was checked of a chain when it was opened:
 *
 * - `as recorded`: only that the files can be read. For output, and for uses where an error does no harm; it needs no
 *   hashing, which matters in a chain of hundreds.
 * - `proven`: chain.lock has no errors, and each sequence's intent and records match the seal in its line.
 * - `proven and signed`: besides, the signature of chain.lock is what the mirror's settings ask for.
 */
export type ChainTrust = 'as recorded' | 'proven' | 'proven and signed';

export interface SealedSequence<Trust extends ChainTrust = ChainTrust> {
  readonly trust: Trust;
  readonly entry: ChainEntry;
  readonly metadata: SequenceMetadata;
  readonly inventory: Inventory;
  readonly custody: Custody | undefined;
}

/** A sequence that others may be sealed behind. */
export type ProvenSequence = SealedSequence<Exclude<ChainTrust, 'as recorded'>>;

export interface SealedChain<Trust extends ChainTrust> {
  readonly lock: ChainLock;
  /** From 1 on, in order. */
  readonly sequences: readonly SealedSequence<Trust>[];
}

interface OpeningOptions<Trust extends ChainTrust> {
  readonly trust: Trust;
  /** Number of the last sequence; default: the last sealed one. 0: none. */
  readonly upTo?: number | undefined;
  /** The result of readChain, if the caller has it already. */
  readonly chain?: Chain | undefined;
  /** Where it may be known that records fit their seals. */
  readonly checked?: CheckedRecords | undefined;
}

/** Only a mirror says whose signatures count. */
type RecordsWith<Trust extends ChainTrust> = 'proven and signed' extends Trust ? Mirror : ChainRecords;

/**
 * Reads the sealed sequences 1 … `upTo`, and proves them as far as `trust` says. Lists and findings, which take
 * sequences in any state, use `checkSealed` for each.
 *
 * @throws SEQ0205 when one of them isn't sealed. For proven chains: the errors of chain.lock, SEQ0626 when it is not
 *   signed as required, and the errors of `checkSealed`
 */
export async function openSealedChain<Trust extends ChainTrust>(
  records: RecordsWith<Trust>,
  { trust, chain: given, upTo, checked }: OpeningOptions<Trust>,
): Promise<SealedChain<Trust>> {
  if (trust === 'proven and signed') await requireChainSignature(records as Mirror);
  const chain = given ?? (await readChain(records));
  if (trust !== 'as recorded') requireSoundLock(chain);
  const entries = sealedUpTo(records, chain, upTo);
  const sequences: SealedSequence<Trust>[] = [];
  for (const entry of entries) {
    const { folder } = entry;
    const read =
      trust === 'as recorded'
        ? readMetadata(records, folder)
        : checkSealed(records, chain, entry, { records: checked });
    sequences.push({
      trust,
      entry,
      metadata: await read,
      inventory: await readInventory(records, folder),
      custody: await readCustodyIfThere(records, folder),
    });
  }
  return { lock: chain.lock, sequences };
}

/** The lines of the sequences 1 … `last`; default: the last sealed one. @throws SEQ0205 when one of them isn't sealed */
export function sealedUpTo(
  { name }: Pick<ChainRecords, 'name'>,
  { lock }: Chain,
  last = headOf(lock)?.number ?? 0,
): ChainEntry[] {
  return Array.from({ length: last }, (_, index) => {
    const entry = sealedEntry(lock, index + 1);
    if (entry !== undefined) return entry;
    throw predecessorNotSealed({ mirror: name, number: last + 1, before: `seq${index + 1}` });
  });
}

/** All images of the last of these sequences. */
export function imagesAtEnd(sequences: readonly SealedSequence[]): MirroredImage[] {
  return sequences.reduce<MirroredImage[]>((images, { inventory }) => applyImageChanges(images, inventory.images), []);
}

export interface Base {
  /** Blobs that the next sequence's archives may leave out. */
  readonly blobs: ReadonlyMap<Digest, BlobRecord>;
  /** Which sequence holds which blobs, without those that cannot be a base any more. */
  readonly holders: ReadonlyMap<number, ReadonlySet<Digest>>;
  /** Which sequence holds the links of an image, where the next sequence's archives may leave them out. */
  readonly linkHolder: LinkHolders['of'];
  /** Sequences that cannot be a base any more: they are lost, or retired without a copy. */
  readonly gone: readonly { readonly number: number; readonly state: 'lost' | 'retired' }[];
}

/** The base of sequence `number`, given all sealed ones before it. @throws SEQ0152 for a base that isn't one of them */
export function baseOf(number: number, choice: BaseChoice, before: readonly SealedSequence[]): Base {
  const bases = new Map(before.map(({ entry, metadata }) => [entry.number, metadata.base]));
  const numbers = baseChain(number, bases.set(number, choice));
  const inventories = new Map(before.map(({ entry, inventory }) => [entry.number, inventory]));
  const custodies = new Map(
    before.flatMap(({ entry, custody }) => (custody === undefined ? [] : [[entry.number, custody]])),
  );
  const gone = numbers.flatMap((number) => {
    const custody = custodies.get(number);
    if (custody === undefined || servesAsBase(custody)) return [];
    return [{ number, state: custody.state === 'lost' ? ('lost' as const) : ('retired' as const) }];
  });
  const holders = new Map(
    numbers
      .filter((at) => !gone.some(({ number: other }) => other === at))
      .map((at) => [at, new Set(inventories.get(at)?.blobs.map(({ digest }) => digest))]),
  );
  const links = linkHoldersIn(before);
  const mayRely = before.every(
    ({ entry, metadata }) =>
      !links.numbers.has(entry.number) || (holders.has(entry.number) && metadata.adopted === undefined),
  );
  return {
    blobs: baseBlobs(numbers, { inventories, custodies }),
    holders,
    // All or none: what an archive leaves out is told by its inventory alone.
    linkHolder: mayRely ? links.of : () => undefined,
    gone,
  };
}

/** Which sequences hold the links of the images of the last one. */
export function linkHoldersIn(sequences: readonly SealedSequence[]): LinkHolders {
  return linkHolders(sequences.map(({ metadata, inventory }) => recordedLinks(metadata, inventory)));
}
