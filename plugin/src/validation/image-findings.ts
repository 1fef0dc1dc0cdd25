import type { Digest } from '../oci/digest';
import type { Finding } from '../system/errors';
import { imagesAffected, incompleteImages } from './errors';
import type { SequenceHolding } from './prove';
import type { SequenceRecord } from './sequence-record';
import type { BrokenImage } from './validation';

interface BlameFacts {
  /** The holdings of the sequence itself, and of its base. */
  readonly holdings: readonly SequenceHolding[];
  /** Where damaged blobs are, in words. */
  readonly places: ReadonlyMap<Digest, string>;
  readonly recorded: readonly SequenceRecord[];
  readonly remedy: (sequence: SequenceRecord) => string;
}

/** Reports in full what is wrong in its own archives, and in a sentence what is wrong in those of earlier sequences. */
export function imageFindings(
  own: SequenceRecord,
  images: readonly BrokenImage[],
  { holdings, places, recorded, remedy }: BlameFacts,
): Finding[] {
  const { folder, number } = own.entry;
  const others = holdings.filter((holding) => holding.number !== number);
  const blamedOn = ({ lacking }: BrokenImage): number[] =>
    others.filter((holding) => lacking.some((digest) => holding.recorded.has(digest))).map((holding) => holding.number);
  const isOwn = (image: BrokenImage): boolean =>
    image.lacking.some((digest) => !others.some((holding) => holding.recorded.has(digest)));
  const ownImages = images.filter(isOwn);
  const affected = images.filter((image) => image.lacking.length > 0 && !isOwn(image));
  const blamed = recorded.filter(({ entry }) => affected.flatMap(blamedOn).includes(entry.number));
  return [
    ...incompleteImages({ folder, images: ownImages, places, next: remedy(own) }),
    ...(affected.length === 0
      ? []
      : [
          imagesAffected({
            folder,
            images: affected,
            because: blamed.map(({ entry }) => entry.folder),
            next: blamed.map(remedy).join('; '),
          }),
        ]),
  ];
}
