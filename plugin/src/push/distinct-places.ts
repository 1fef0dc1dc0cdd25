/** When paths are shortened, two images may get one name: the second would replace the first. */
import type { RegistryDestination } from '../registry/destination';
import { formatDestination, pathAt } from '../registry/destination';
import type { DestinationImage } from './destination-images';
import { placesCollide } from './errors';

/** @throws SEQ0656 naming all pairs of different images that would get one name at the destination */
export function requireDistinctPlaces(images: readonly DestinationImage[], destination: RegistryDestination): void {
  const { maxNestedPaths } = destination;
  if (maxNestedPaths === undefined) return;
  const byPlace = new Map<string, DestinationImage>();
  const collisions: string[] = [];
  for (const image of images) {
    const place = `${pathAt(destination, image.repository)}:${image.tag}`;
    const other = byPlace.get(place);
    if (other === undefined) byPlace.set(place, image);
    else if (other.digest !== image.digest)
      collisions.push(`${nameOf(other)} and ${nameOf(image)} both become ${place}`);
  }
  if (collisions.length > 0)
    throw placesCollide({ destination: formatDestination(destination), maxNestedPaths, collisions });
}

function nameOf({ repository, tag }: DestinationImage): string {
  return `${repository}:${tag}`;
}
