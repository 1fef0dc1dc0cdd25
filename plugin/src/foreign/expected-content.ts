import type { ExpectedImage, ContentWitness } from './expected-image';
/**
 * Which images a configuration led to when it was mirrored, as far as it and the archives' working-dir tell: under which
 * names oc-mirror keeps them is known (reference: its internal/pkg/{additional,operator,release}).
 */
import { isRepositoryName, isTagName } from '../archive/names';
import type { MirroredCatalog } from '../catalog/mirrored-catalog';
import { blockedBy } from '../imageset/blocked-images';
import { destinationOfImage } from '../imageset/destination';
import type { ImageKind } from '../oci/image';
import { withoutTransport } from '../oci/reference';
import { expectedOperators } from './expected-operators';
import { expectedReleases } from './expected-releases';

export interface ExpectedContent {
  readonly images: readonly ExpectedImage[];
  readonly catalogs: readonly MirroredCatalog[];
  /**
   * Kinds of which there may be more: helm charts are not read, and working-dir may lack the files that tell the rest.
   */
  readonly unknown: ReadonlySet<ImageKind>;
  /** What could not be read, one line each. */
  readonly notes: readonly string[];
}

/** Never throws: what cannot be read is a note. */
export async function expectedContent(from: ContentWitness): Promise<ExpectedContent> {
  const { additionalImages = [], helm } = from.config.mirror;
  const releases = await expectedReleases(from);
  const operators = await expectedOperators(from);
  const additional = additionalImages.map((image) => ({
    kind: 'additional' as const,
    source: withoutTransport(image.name),
    ...destinationOfImage(image),
  }));
  const isBlocked = blockedBy(from.config);
  const wanted = [...releases.images, ...operators.images, ...additional].filter(
    ({ source, repository, tag }) =>
      isRepositoryName(repository) && isTagName(tag) && !isBlocked(source) && !isBlocked(`${repository}:${tag}`),
  );
  return {
    images: unique(wanted),
    catalogs: operators.catalogs,
    unknown: new Set<ImageKind>([
      ...releases.unknown,
      ...operators.unknown,
      ...(helm === undefined ? [] : ['helm' as const]),
    ]),
    notes: [...releases.notes, ...operators.notes],
  };
}

/** By kind and place: an image that two bundles name counts once. */
function unique(images: readonly ExpectedImage[]): ExpectedImage[] {
  const byPlace = new Map<string, ExpectedImage>();
  for (const image of images) {
    const place = `${image.kind} ${image.repository}:${image.tag}`;
    if (!byPlace.has(place)) byPlace.set(place, image);
  }
  return [...byPlace.values()];
}
