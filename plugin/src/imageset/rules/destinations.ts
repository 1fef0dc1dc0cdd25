import type { Finding, Position } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { carriesCredentials } from '../credentials';
import type { Destination } from '../destination';
import { destinationOfCatalog, destinationOfImage, uniqueCatalogName } from '../destination';
import { byTagAndByDigest, samePlace } from '../lints';
import { problemOfReference, registryReferenceOf } from '../references';
import type { ImageSetConfiguration } from '../schema';

interface NamedImage {
  readonly text: string;
  readonly at: Position;
  readonly destination: Destination;
}

/** Images that collide: one name in the destination for two images, or one image under two names at the same time. */
export function* destinationRules(config: ImageSetConfiguration, positions: Positions): Iterable<Finding> {
  const images = namedImages(config, positions);

  const firstByDestination = new Map<string, NamedImage>();
  for (const image of images) {
    const destination = `${image.destination.repository}:${image.destination.tag}`;
    const first = firstByDestination.get(destination);
    if (first === undefined) firstByDestination.set(destination, image);
    else yield samePlace({ at: image.at, destination, other: first.at, sameImage: first.text === image.text });
  }

  const firstByTag = new Map<string, Position>();
  for (const { text, at } of images) {
    const reference = registryReferenceOf(text);
    if (reference?.tag === undefined) continue;
    const repository = `${reference.host}/${reference.repository}`;
    if (!firstByTag.has(repository)) firstByTag.set(repository, at);
  }
  for (const { text, at } of images) {
    const reference = registryReferenceOf(text);
    if (reference?.digest === undefined || reference.tag !== undefined) continue;
    const repository = `${reference.host}/${reference.repository}`;
    const other = firstByTag.get(repository);
    if (other !== undefined) yield byTagAndByDigest({ at, repository, other });
  }
}

function namedImages({ mirror }: ImageSetConfiguration, { at }: Positions): readonly NamedImage[] {
  const catalogs = (mirror.operators ?? []).map((operator, index) => ({
    text: operator.catalog,
    at: at(['mirror', 'operators', index, 'catalog']),
    destination: destinationOfCatalog(operator),
    unique: uniqueCatalogName(operator),
  }));
  // Two catalogs with one name are an error already (operators.ts).
  const named = new Set<string>();
  const distinct = catalogs.filter(({ unique }) => !named.has(unique) && named.add(unique));
  const images = (mirror.additionalImages ?? []).map((image, index) => ({
    text: image.name,
    at: at(['mirror', 'additionalImages', index, 'name']),
    destination: destinationOfImage(image),
  }));
  return [...distinct, ...images].filter(({ text, destination: { tag } }) => tag !== '' && !hasProblem(text));
}

function hasProblem(text: string): boolean {
  return carriesCredentials(text) || problemOfReference(text, { ociLayouts: true }) !== undefined;
}
