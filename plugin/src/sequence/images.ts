import type { ImageKind, MirroredImage } from '../oci/image';
import { inventoryDoesNotContinue } from './errors';
import type { ImageRecord } from './inventory-record';
import { imageLine } from './inventory-record';

/** Lists of sources, each sorted. */
export interface ImageSummary {
  readonly added: readonly string[];
  /** Images with the same name but another digest. */
  readonly updated: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The images of a sequence: those of the one before, changed by its inventory.
 *
 * @throws SEQ0215 when a record removes what isn't there or adds what is
 */
export function applyImageChanges(
  previous: readonly MirroredImage[],
  records: readonly ImageRecord[],
): MirroredImage[] {
  const images = new Map(previous.map((image) => [identityOf(image), image]));
  for (const record of records) {
    const image = imageOf(record);
    const identity = identityOf(image);
    if (images.has(identity) !== (record.change === 'removed')) throw inventoryDoesNotContinue(record);
    if (record.change === 'removed') images.delete(identity);
    else images.set(identity, image);
  }
  return [...images.values()];
}

/** Which images there are after one inventory after the other, where nobody asks what they are. */
export class ImagesSoFar {
  readonly #identities = new Set<string>();

  /** The next inventory. @throws SEQ0215 as `applyImageChanges`, and is as it was before */
  add(records: readonly ImageRecord[]): void {
    const changed = new Map<string, boolean>();
    for (const record of records) {
      const identity = identityOf(imageOf(record));
      const isThere = changed.get(identity) ?? this.#identities.has(identity);
      if (isThere !== (record.change === 'removed')) throw inventoryDoesNotContinue(record);
      changed.set(identity, record.change === 'added');
    }
    for (const [identity, isThere] of changed) {
      if (isThere) this.#identities.add(identity);
      else this.#identities.delete(identity);
    }
  }
}

/** The records that turn one list of images into another; none for images that stay as they are. */
export function imageChanges(previous: readonly MirroredImage[], current: readonly MirroredImage[]): ImageRecord[] {
  const before = new Map(previous.map((image) => [identityOf(image), image]));
  const after = new Map(current.map((image) => [identityOf(image), image]));
  return [
    ...[...before].filter(([identity]) => !after.has(identity)).map(([, image]) => recordOf('removed', image)),
    ...[...after].filter(([identity]) => !before.has(identity)).map(([, image]) => recordOf('added', image)),
  ];
}

/** What changed, for people: by source, signatures and attestations left out, since they follow their images. */
export function summariseChanges(previous: readonly MirroredImage[], current: readonly MirroredImage[]): ImageSummary {
  const before = digestsBySource(previous);
  const after = digestsBySource(current);
  return {
    added: [...after.keys()].filter((source) => !before.has(source)).sort(),
    updated: [...after]
      .filter(([source, digests]) => (before.get(source) ?? digests) !== digests)
      .map(([source]) => source)
      .sort(),
    removed: [...before.keys()].filter((source) => !after.has(source)).sort(),
  };
}

/** How many images of each kind there are, attached ones not counted. */
export function countImages(images: readonly MirroredImage[]): Record<ImageKind, number> {
  const count = { release: 0, operator: 0, additional: 0, helm: 0 };
  for (const image of images) if (image.attachedTo === undefined) count[image.kind] += 1;
  return count;
}

/** How many images there are, attached ones not counted, since they follow their images. */
export function imageTotal(images: readonly MirroredImage[]): number {
  return images.filter(({ attachedTo }) => attachedTo === undefined).length;
}

/** The image that a record is about. */
export function imageOf({ kind, source, digest, repository, tag, attachedTo }: ImageRecord): MirroredImage {
  return { kind, source, digest, repository, tag, attachedTo };
}

function recordOf(change: ImageRecord['change'], image: MirroredImage): ImageRecord {
  const { kind, source, digest, repository, tag, attachedTo } = image;
  return {
    record: 'image',
    change,
    kind,
    source,
    digest,
    repository,
    tag,
    attachedTo,
  };
}

/** All that is recorded of an image, as one text: two that are alike in it are one. */
export function identityOf(image: MirroredImage): string {
  const known = identities.get(image);
  if (known !== undefined) return known;
  const identity = imageLine(recordOf('added', image));
  identities.set(image, identity);
  return identity;
}

/** Images stay the same from sequence to sequence, and are compared at each. */
const identities = new WeakMap<MirroredImage, string>();

function digestsBySource(images: readonly MirroredImage[]): Map<string, string> {
  const digests = new Map<string, Set<string>>();
  for (const { source, digest, attachedTo } of images) {
    if (attachedTo !== undefined) continue;
    digests.set(source, (digests.get(source) ?? new Set()).add(digest));
  }
  return new Map([...digests].map(([source, all]) => [source, [...all].sort().join(' ')]));
}
