/** Where paths are shortened, two images may get one name: what came second would take the place of the first. */
import type { RegistryDestination } from '../registry/destination';
import { formatDestination, pathAt } from '../registry/destination';
import type { DestinationImage } from './destination-images';
import { placesCollide } from './errors';

/** @throws SEQ0656 naming every two images that would be one at the destination and are not the same */
export function requireDistinctPlaces(images: readonly DestinationImage[], destination: RegistryDestination): void {
  const { maxNestedPaths } = destination;
  if (maxNestedPaths === undefined) return;
  const byPlace = new Map<string, DestinationImage>();
  const collisions: string[] = [];
  for (const image of images) {
    const place = `${pathAt(destination, image.repository)}:${image.tag}`;
    const other = byPlace.get(place);
    if (other === undefined) byPlace.set(place, image);
    else if (other.digest !== image.digest) collisions.push(`${nameOf(other)} and ${nameOf(image)} become ${place}`);
  }
  if (collisions.length > 0)
    throw placesCollide({ destination: formatDestination(destination), maxNestedPaths, collisions });
}

function nameOf({ repository, tag }: DestinationImage): string {
  return `${repository}:${tag}`;
}
