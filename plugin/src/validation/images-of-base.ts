import type { MirroredImage } from '../oci/image';
import { numberInBase } from '../sequence/intent';
import type { SequenceRecord } from './sequence-record';

/**
 * Whether an image needs its links in a sequence's own archives, because the sequence's base does not have the image.
 * If the base has no records here, as on a disk with a part of the chain, only the inventory's additions are known.
 */
export function isNewTo(
  { entry: { number }, metadata, inventory }: SequenceRecord,
  recorded: readonly SequenceRecord[],
): (image: MirroredImage) => boolean {
  const choice = metadata?.base ?? 'previous';
  if (choice === 'none' || number === 1) return () => true;
  const base = recorded.find(({ entry }) => entry.number === (numberInBase(choice) ?? number - 1));
  const placesOf = (images: readonly Place[]) => new Set(images.map(placeOf));
  if (base?.inventory === undefined) {
    const added = placesOf(inventory?.images.filter(({ change }) => change === 'added') ?? []);
    return (image) => added.has(placeOf(image));
  }
  const there = placesOf(base.images);
  return (image) => !there.has(placeOf(image));
}

type Place = Pick<MirroredImage, 'repository' | 'tag' | 'digest'>;

function placeOf({ repository, tag, digest }: Place): string {
  return `${repository}:${tag}@${digest}`;
}
