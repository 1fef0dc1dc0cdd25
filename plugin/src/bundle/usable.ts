/**
 * Which blobs of a head an uploader at a site can do without, because the site holds them where that uploader finds
 * them. Pure.
 *
 *   cache     oc-mirror reads every blob from its cache, whichever repository it came for
 *   registry  a layer counts where it is: in the very repositories that need it. Not every registry mounts from others,
 *             and oc-mirror looks for it in no other. Signatures it reads from its cache whatever the registry has
 *             (measured: "reading signatures: fetching blob: blob unknown")
 */
import type { HeldIn, Ledger, RecordedSequence } from '../mirror/sites/sites';
import { headOfChain, headOfLedger } from '../mirror/sites/sites';
import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { blobsByRepository, blobSetOf, closureOf } from '../sequence/closure';
import { applyImageChanges } from '../sequence/images';

/** In which of its two places a site that holds a sequence is relied on. */
export type ReliedOn = 'registry' | 'cache';

/** What one site holds, by the sequences that it has acknowledged. */
export interface Holder {
  readonly site: string;
  /** By seal. */
  readonly heldIn: ReadonlyMap<string, HeldIn>;
  /** Its last upload used an oc-mirror whose cache it keeps, and so will its next. */
  readonly hasCache: boolean;
}

export function holderOf(site: string, ledger: Ledger): Holder {
  return {
    site,
    heldIn: new Map(ledger.entries.map((entry) => [entry.seal, entry.held_in])),
    hasCache: (headOfLedger(ledger)?.held_in ?? 'registry') !== 'registry',
  };
}

/**
 * The place in which all sites can be relied on for a sequence; `undefined` if not all of them can use what they have.
 */
export function reliedOn(holders: readonly Holder[], seal: string): ReliedOn | undefined {
  let isInEachCache = holders.length > 0;
  for (const { heldIn, hasCache } of holders) {
    const place = heldIn.get(seal);
    if (place === undefined || (place === 'cache' && !hasCache)) return undefined;
    isInEachCache &&= hasCache && place !== 'registry';
  }
  return holders.length === 0 ? undefined : isInEachCache ? 'cache' : 'registry';
}

/** The blobs of a head that a site with an earlier sequence can be relied on for. */
export function usableBlobs(
  head: { readonly images: readonly MirroredImage[]; readonly closure: BlobSet },
  { chain, number, place }: { chain: readonly RecordedSequence[]; number: number; place: ReliedOn },
): Set<Digest> {
  if (place === 'cache') return intersection(head.closure, headOfChain(chain, number).closure);
  const upTo = chain.filter(({ entry }) => entry.number <= number);
  const images = upTo.reduce<MirroredImage[]>((all, { inventory }) => applyImageChanges(all, inventory.images), []);
  const there = blobsByRepository(images, blobSetOf(...upTo.map(({ inventory }) => inventory.blobs)));
  const usable = new Set(head.closure.keys());
  for (const [repository, blobs] of blobsByRepository(head.images, head.closure)) {
    for (const digest of blobs.keys()) if (there.get(repository)?.has(digest) !== true) usable.delete(digest);
  }
  const signatures = head.images.filter(({ attachedTo }) => attachedTo !== undefined).map(({ digest }) => digest);
  for (const digest of closureOf(signatures, head.closure).blobs.keys()) usable.delete(digest);
  return usable;
}

function intersection(closure: BlobSet, there: BlobSet): Set<Digest> {
  return new Set([...closure.keys()].filter((digest) => there.has(digest)));
}
