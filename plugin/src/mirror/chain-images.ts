import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { ChainContent } from '../push/chain-content';
import type { DestinationImage } from '../push/destination-images';
import { destinationImages } from '../push/destination-images';
import { blobsByRepository, blobSetOf } from '../sequence/closure';
import { applyImageChanges, imageTotal } from '../sequence/images';
import { appendTo } from '../system/append-to';
import type { CheckedRecords } from './checked-records';
import { nothingChecked, questionAbout } from './checked-records';
import type { ChainRecords } from './mirror';
import { readRecordedConfig } from './records';
import type { SealedSequence } from './sealed-chain';

/** All images of one sequence, as they are named where they arrive. */
export interface SequenceImages {
  readonly number: number;
  readonly folder: string;
  /** As recorded. */
  readonly recorded: readonly MirroredImage[];
  readonly images: readonly DestinationImage[];
}

/** Why a registry gets fewer images than a sequence records. */
export interface FewerImages {
  /** Original catalogs, whose repository and tag their filtered catalogs get. */
  readonly replacedCatalogs: number;
  /** Images with the repository, tag and digest of another one. */
  readonly samePlace: number;
}

export function fewerImages({ recorded, images }: Pick<SequenceImages, 'recorded' | 'images'>): FewerImages {
  const own = images.filter(({ attachedTo }) => attachedTo === undefined);
  const places = new Set(own.map((image) => `${placeOf(image)}@${image.digest}`));
  return { replacedCatalogs: imageTotal(recorded) - own.length, samePlace: own.length - places.size };
}

/** The images of each of these sequences, in their order. */
export async function imagesBySequence(
  mirror: ChainRecords,
  sequences: readonly SealedSequence[],
  { checked = nothingChecked }: { readonly checked?: CheckedRecords | undefined } = {},
): Promise<SequenceImages[]> {
  const all: SequenceImages[] = [];
  let recorded: readonly MirroredImage[] = [];
  for (const { entry, inventory } of sequences) {
    recorded = applyImageChanges(recorded, inventory.images);
    const operators = await checked.answerTo(
      questionAbout(mirror, entry.folder, { what: 'operators', names: ['config'] }),
      async () => (await readRecordedConfig(mirror, entry.folder)).config.mirror.operators ?? [],
    );
    const images = destinationImages(recorded, { mirror: { operators } });
    all.push({ number: entry.number, folder: entry.folder, recorded, images });
  }
  return all;
}

/** Images and blobs of these sequences, by their inventories. */
export function chainContent(
  sequences: readonly SealedSequence[],
  images: readonly Pick<SequenceImages, 'images'>[],
): ChainContent {
  const broughtBy = new Map<Digest, string>();
  for (const { entry, inventory } of sequences)
    for (const { digest } of inventory.blobs) if (!broughtBy.has(digest)) broughtBy.set(digest, entry.folder);
  const repositories = new Set(images.flatMap((each) => each.images.map(({ repository }) => repository)));
  let byDigest: ReadonlyMap<Digest, readonly string[]> | undefined;
  const repositoriesOf = (digest: Digest): readonly string[] =>
    (byDigest ??= repositoriesByBlob(sequences, images)).get(digest) ?? [];
  return { repositories, broughtBy, repositoriesOf };
}

function repositoriesByBlob(
  sequences: readonly SealedSequence[],
  images: readonly Pick<SequenceImages, 'images'>[],
): Map<Digest, string[]> {
  const blobs = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
  const byDigest = new Map<Digest, string[]>();
  const byRepository = blobsByRepository(
    images.flatMap((each) => each.images),
    blobs,
  );
  for (const [repository, needed] of byRepository)
    for (const digest of needed.keys()) appendTo(byDigest, digest, repository);
  return byDigest;
}

/** `ubi9/ubi:9.5` */
export function placeOf({ repository, tag }: Pick<MirroredImage, 'repository' | 'tag'>): string {
  return `${repository}:${tag}`;
}
