/**
 * Which images a configuration led to when it was mirrored, as far as it and the archives' working-dir tell: under which
 * names oc-mirror keeps them is known (reference: its internal/pkg/{additional,operator,release}).
 */
import { isRepositoryName, isTagName } from '../archive/names';
import type { WorkingDir } from '../archive/working-dir';
import type { MirroredCatalog } from '../catalog/mirrored-catalog';
import { blockedBy } from '../imageset/blocked-images';
import { destinationOfImage } from '../imageset/destination';
import type { ImageSetConfiguration } from '../imageset/schema';
import type { ImageKind, TagDigests } from '../oci/image';
import { withoutTransport } from '../oci/reference';
import { operatorsCalledFor } from './called-for-operators';
import { releasesCalledFor } from './called-for-releases';

export interface CalledFor {
  readonly kind: ImageKind;
  readonly source: string;
  readonly repository: string;
  readonly tag: string;
}

export interface Calling {
  readonly images: readonly CalledFor[];
  readonly catalogs: readonly MirroredCatalog[];
  /** Kinds of which there may be more: helm charts are not read, and working-dir may lack what tells the rest. */
  readonly unknown: ReadonlySet<ImageKind>;
  /** What could not be read, a line each. */
  readonly notes: readonly string[];
}

export interface CallingFrom {
  readonly config: ImageSetConfiguration;
  readonly workingDir: WorkingDir;
  /** All tags in the archives. */
  readonly tags: TagDigests;
}

/** @throws SEQ0247, SEQ0248 never: what cannot be read is a note */
export async function calledFor(from: CallingFrom): Promise<Calling> {
  const { additionalImages = [], helm } = from.config.mirror;
  const releases = await releasesCalledFor(from);
  const operators = await operatorsCalledFor(from);
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

/** By kind and place: an image that two bundles name is one. */
function unique(images: readonly CalledFor[]): CalledFor[] {
  const byPlace = new Map<string, CalledFor>();
  for (const image of images) {
    const place = `${image.kind} ${image.repository}:${image.tag}`;
    if (!byPlace.has(place)) byPlace.set(place, image);
  }
  return [...byPlace.values()];
}
