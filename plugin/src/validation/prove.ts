/** Proves that the images of a sequence are complete, by blobs that were really found. Pure. */
import type { BlobRecord, BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { closureOf } from '../sequence/closure';
import { dependenciesOf } from '../sequence/dependencies';
import { imagesLacking } from './broken-images';
import type { BrokenImage } from './validation';

/** The blobs of one sequence: the one that is proven, or one that it may build on. */
export interface SequenceHolding {
  readonly number: number;
  /** According to its inventory. */
  readonly recorded: BlobSet;
  /** Blobs that were hashed and are sound; `undefined` if its archives were not checked. */
  readonly sound: BlobSet | undefined;
}

export interface Proof {
  /** Numbers of unchecked sequences that have what is needed. None of those with records could be left out. */
  readonly given: readonly number[];
  readonly broken: readonly BrokenImage[];
}

/**
 * Follows all images through the records and finds for every blob who has it. A checked sequence counts with what was
 * found; an unchecked one with its inventory.
 *
 * @param holdings those of the sequence itself and of its base
 * @param options.unseen needed sequences of which not even records are here; blobs that are unknown otherwise may be theirs
 * @param options.linkedIn numbers of the sequences whose archives hold links of the images
 */
export function prove(
  images: readonly MirroredImage[],
  holdings: readonly SequenceHolding[],
  {
    unseen = [],
    linkedIn = [],
  }: { unseen?: readonly number[] | undefined; linkedIn?: Iterable<number> | undefined } = {},
): Proof {
  const records = new Map<Digest, BlobRecord>();
  for (const { recorded } of holdings)
    for (const [digest, blob] of recorded) if (!records.has(digest)) records.set(digest, blob);
  const closure = closureOf(
    images.map(({ digest }) => digest),
    records,
  );
  const unknown = closure.missing.map(({ digest }) => digest);
  const isUnseen = unknown.length > 0 && unseen.length > 0;
  const unusable = new Set<Digest>(isUnseen ? [] : unknown);
  const open = new Map<Digest, BlobRecord>();
  const notLookedAt = holdings.filter(({ sound }) => sound === undefined);
  for (const [digest, blob] of closure.blobs) {
    if (holdings.some(({ sound }) => sound?.has(digest) === true)) continue;
    if (notLookedAt.some(({ recorded }) => recorded.has(digest))) open.set(digest, blob);
    else unusable.add(digest);
  }
  const given = dependenciesOf({
    closure: open,
    own: new Set(),
    holders: new Map(notLookedAt.map(({ number, recorded }) => [number, recorded])),
    linkedIn: new Set([...linkedIn].filter((each) => notLookedAt.some(({ number }) => number === each))),
  });
  return {
    given: [...(isUnseen ? unseen : []), ...given.map(({ number }) => number)],
    broken: unusable.size === 0 ? [] : imagesLacking(images, { records, unusable }),
  };
}
