import type { MirroredImage } from '../oci/image';
import type { DestinationImage } from '../push/destination-images';
import { destinationImages } from '../push/destination-images';
import { applyImageChanges } from '../sequence/images';
import type { ChainRecords } from './mirror';
import { readConfig } from './records';
import type { SealedSequence } from './sealed-chain';

/** All images of one sequence, as they are named where they arrive. */
export interface SequenceImages {
  readonly number: number;
  readonly folder: string;
  /** As recorded. */
  readonly recorded: readonly MirroredImage[];
  readonly images: readonly DestinationImage[];
}

/** The images of each of these sequences, in their order. */
export async function imagesBySequence(
  mirror: ChainRecords,
  sequences: readonly SealedSequence[],
): Promise<SequenceImages[]> {
  const all: SequenceImages[] = [];
  let recorded: readonly MirroredImage[] = [];
  for (const { entry, inventory } of sequences) {
    recorded = applyImageChanges(recorded, inventory.images);
    const { config } = await readConfig(mirror, entry.folder);
    all.push({ number: entry.number, folder: entry.folder, recorded, images: destinationImages(recorded, config) });
  }
  return all;
}

/** `ubi9/ubi:9.5` */
export function placeOf({ repository, tag }: Pick<MirroredImage, 'repository' | 'tag'>): string {
  return `${repository}:${tag}`;
}
