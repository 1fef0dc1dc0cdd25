import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { impossible } from '../system/errors';
import { blobSetOf } from './closure';
import type { Custody } from './custody';
import { servesAsBase } from './custody';
import { baseNotEarlier } from './errors';
import type { BaseChoice } from './intent';
import { numberInBase } from './intent';

/**
 * The numbers of all sequences whose blobs a sequence may leave out, ascending: the base that it names, that one's own
 * base, and so on. Empty for the base `none`, and for the first sequence.
 *
 * @param bases what each sequence of the chain names as its base, this one's included
 * @throws SEQ0152 for a base that is not an earlier sequence of the chain
 */
export function baseChain(number: number, bases: ReadonlyMap<number, BaseChoice>): number[] {
  const chain: number[] = [];
  for (let at = number; ;) {
    const choice = bases.get(at);
    if (choice === undefined) throw impossible(`the base of seq${at} was not given`);
    if (choice === 'none' || (choice === 'previous' && at === 1)) return chain.reverse();
    const base = numberInBase(choice) ?? at - 1;
    if (base >= at || !bases.has(base)) throw baseNotEarlier({ number: at, base: `seq${base}` });
    chain.push(base);
    at = base;
  }
}

/**
 * The blobs that a sequence's archives may leave out. A base sequence that is lost, or retired without a copy, adds
 * none, so that what only it had is fetched again.
 */
export function baseBlobs(
  chain: readonly number[],
  {
    inventories,
    custodies,
  }: {
    inventories: ReadonlyMap<number, { readonly blobs: readonly BlobRecord[] }>;
    /** Custody by number, for sequences that have a custody.yaml; the others are held. */
    custodies: ReadonlyMap<number, Custody>;
  },
): Map<Digest, BlobRecord> {
  const held = chain.filter((number) => {
    const custody = custodies.get(number);
    return custody === undefined || servesAsBase(custody);
  });
  return blobSetOf(
    ...held.map((number) => inventories.get(number)?.blobs ?? raise(`the inventory of seq${number} was not given`)),
  );
}

function raise(what: string): never {
  throw impossible(what);
}
