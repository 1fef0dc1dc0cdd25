import type { MirroredImage } from '../oci/image';
import { identityOf, imageOf } from '../sequence/images';
import { numberInBase } from '../sequence/intent';
import { isSinceBefore } from '../sequence/link-holders';
import { appendTo } from '../system/append-to';
import type { SequenceRecord } from './sequence-record';

/**
 * Where the links of an image have to lie:
 *
 * - `own`: in the sequence's own archives;
 * - `own or base`: there too, but an image that the base has is served without them;
 * - `base`: not there, since archives of earlier sequences hold them.
 */
export type LinkPlace = 'own' | 'own or base' | 'base';

/** If the base has no records here, as on a disk with a part of the chain, only the inventory's additions are known. */
export function linkPlacesIn(
  sequence: SequenceRecord,
  recorded: readonly SequenceRecord[],
): (image: MirroredImage) => LinkPlace {
  const { metadata, inventory, linkHolders: holders } = sequence;
  if (metadata?.links_since === undefined) {
    const isNew = isNewTo(sequence, recorded);
    return (image) => (isNew(image) ? 'own' : 'own or base');
  }
  const { number } = sequence.entry;
  if (holders !== undefined) return (image) => (holders.of(image) === number ? 'own' : 'base');
  const changes = isSinceBefore({ number, since: metadata.links_since }) ? (inventory?.images ?? []) : [];
  const added = new Set(
    changes.filter(({ change }) => change === 'added').map((record) => identityOf(imageOf(record))),
  );
  return (image) => (added.has(identityOf(image)) ? 'own' : 'base');
}

/**
 * The images whose links lie in archives of earlier sequences, by the numbers of these; empty where records are missing
 * that would tell.
 */
export function linksElsewhere({
  entry: { number },
  metadata,
  images,
  linkHolders: holders,
}: SequenceRecord): ReadonlyMap<number, readonly MirroredImage[]> {
  const elsewhere = new Map<number, MirroredImage[]>();
  if (metadata?.links_since === undefined || holders === undefined) return elsewhere;
  for (const image of images) {
    const holder = holders.of(image) ?? number;
    if (holder !== number) appendTo(elsewhere, holder, image);
  }
  return elsewhere;
}

/** Whether a sequence's base does not have an image. */
function isNewTo(
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
