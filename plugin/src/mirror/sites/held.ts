import type { BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import type { ChainEntry } from '../../sequence/chain-lock';
import { blobSetOf, bytesOf, closureOf } from '../../sequence/closure';
import { applyImageChanges } from '../../sequence/images';
import type { Inventory } from '../../sequence/inventory';
import type { Ledger, LedgerEntry } from './ledger';
import { headOfLedger } from './ledger';

/** The part of a sealed sequence that is needed here; `SealedSequence` is one. Always all from 1 on, in order. */
export interface RecordedSequence {
  readonly entry: ChainEntry;
  readonly inventory: Inventory;
}

/**
 * What a site holds: the union of the closures of the sequences that it has acknowledged. Acknowledgements for a seal
 * that this chain does not have do not count, so that a bundle carries too much rather than too little.
 */
export function heldBy(ledger: Ledger, chain: readonly RecordedSequence[]): Set<Digest> {
  const seals = new Set(ledger.entries.map(({ seal }) => seal));
  const roots = new Set<Digest>();
  let images: MirroredImage[] = [];
  for (const { entry, inventory } of chain) {
    images = applyImageChanges(images, inventory.images);
    if (seals.has(entry.seal)) for (const { digest } of images) roots.add(digest);
  }
  return new Set(closureOf(roots, blobsOf(chain)).blobs.keys());
}

/** The images of a sequence of the chain, and all blobs that they need. */
export function headOfChain(
  chain: readonly RecordedSequence[],
  number: number,
): { readonly images: readonly MirroredImage[]; readonly closure: BlobSet } {
  const upTo = chain.filter(({ entry }) => entry.number <= number);
  const images = upTo.reduce<MirroredImage[]>(
    (before, { inventory }) => applyImageChanges(before, inventory.images),
    [],
  );
  const roots = images.map(({ digest }) => digest);
  return { images, closure: closureOf(roots, blobsOf(upTo)).blobs };
}

/** The blobs of a closure that somebody lacks. */
export function missingAt(held: ReadonlySet<Digest>, closure: BlobSet): { blobs: number; bytes: number } {
  const missing = new Map([...closure].filter(([digest]) => !held.has(digest)));
  return { blobs: missing.size, bytes: bytesOf(missing) };
}

/**
 * Entries of a ledger whose seal this chain does not have: from another clone, or for a sequence that was made void
 * since.
 */
export function entriesOutside(ledger: Ledger, chain: readonly Pick<ChainEntry, 'seal'>[]): LedgerEntry[] {
  const seals = new Set(chain.map(({ seal }) => seal));
  return ledger.entries.filter(({ seal }) => !seals.has(seal));
}

/** The newest sequence of this chain that a site has acknowledged. */
export function headWithin(ledger: Ledger, chain: readonly Pick<ChainEntry, 'seal'>[]): LedgerEntry | undefined {
  const outside = new Set(entriesOutside(ledger, chain));
  return headOfLedger({ ...ledger, entries: ledger.entries.filter((known) => !outside.has(known)) });
}

function blobsOf(chain: readonly RecordedSequence[]): BlobSet {
  return blobSetOf(...chain.map(({ inventory }) => inventory.blobs));
}
