/** The sealed sequences up to a number, with what the next one needs to know of them. */
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { baseBlobs, baseChain } from '../sequence/base';
import type { ChainEntry } from '../sequence/chain-lock';
import { sealedEntry } from '../sequence/chain-lock';
import type { Custody } from '../sequence/custody';
import { isLost } from '../sequence/custody';
import { applyImageChanges } from '../sequence/images';
import type { BaseChoice } from '../sequence/intent';
import type { Inventory } from '../sequence/inventory';
import type { SequenceMetadata } from '../sequence/metadata';
import { predecessorNotSealed } from './errors';
import type { Chain, ChainRecords } from './mirror';
import { readCustodyIfThere, readInventory, readMetadata } from './records';

export interface SealedSequence {
  readonly entry: ChainEntry;
  readonly metadata: SequenceMetadata;
  readonly inventory: Inventory;
  readonly custody: Custody | undefined;
}

/** The sealed sequences 1 … `last`, in their order. @throws SEQ0205 when one of them isn't sealed */
export async function readSealedSequences(mirror: ChainRecords, chain: Chain, last: number): Promise<SealedSequence[]> {
  const sequences: SealedSequence[] = [];
  for (let number = 1; number <= last; number += 1) {
    const entry = sealedEntry(chain.lock, number);
    if (entry === undefined)
      throw predecessorNotSealed({ mirror: mirror.name, number: last + 1, before: `seq${number}` });
    const { folder } = entry;
    sequences.push({
      entry,
      metadata: await readMetadata(mirror, folder),
      inventory: await readInventory(mirror, folder),
      custody: await readCustodyIfThere(mirror, folder),
    });
  }
  return sequences;
}

/** All images of the last of these sequences. */
export function imagesAtEnd(sequences: readonly SealedSequence[]): MirroredImage[] {
  return sequences.reduce<MirroredImage[]>((images, { inventory }) => applyImageChanges(images, inventory.images), []);
}

export interface Base {
  /** Blobs that the next sequence's archives may leave out. */
  readonly blobs: ReadonlyMap<Digest, BlobRecord>;
  /** Which sequence holds what, of those whose custody isn't lost. */
  readonly holders: ReadonlyMap<number, ReadonlySet<Digest>>;
  /** Sequences of the base that no longer serve, because their custody is lost. */
  readonly lost: readonly number[];
}

/** The base of sequence `number`, given all sealed ones before it. @throws SEQ0152 for a base that isn't one of them */
export function baseOf(number: number, choice: BaseChoice, before: readonly SealedSequence[]): Base {
  const bases = new Map(before.map(({ entry, metadata }) => [entry.number, metadata.base]));
  const numbers = baseChain(number, bases.set(number, choice));
  const inventories = new Map(before.map(({ entry, inventory }) => [entry.number, inventory]));
  const custodies = new Map(
    before.flatMap(({ entry, custody }) => (custody === undefined ? [] : [[entry.number, custody]])),
  );
  const lost = numbers.filter((at) => isLostIn(custodies, at));
  const holders = new Map(
    numbers
      .filter((at) => !lost.includes(at))
      .map((at) => [at, new Set(inventories.get(at)?.blobs.map(({ digest }) => digest))]),
  );
  return { blobs: baseBlobs(numbers, { inventories, custodies }), holders, lost };
}

function isLostIn(custodies: ReadonlyMap<number, Custody>, number: number): boolean {
  const custody = custodies.get(number);
  return custody !== undefined && isLost(custody);
}
