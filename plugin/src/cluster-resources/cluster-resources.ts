/**
 * The resources that a cluster needs to find the images of a sequence in its registry: the files that oc-mirror's
 * disk-to-mirror makes, without its dates and versions, so that equal content gives equal text.
 */
import type { RegistryDestination } from '../registry/destination';
import type { ReleaseSignature } from '../release/working-dir';
import type { CatalogTemplate } from './catalog-template';
import { catalogFiles } from './catalogs';
import type { MirrorSetKind } from './mirror-sets';
import { mergeMirrorSets, mirrorSetFiles, mirrorSetsOf, parseMirrorSets, renderMirrorSets } from './mirror-sets';
import { signatureFiles, updateServiceFiles } from './release';
import type { ResourceImage } from './resource-image';

/** Texts by file name, sorted. */
export type ClusterResources = ReadonlyMap<string, string>;

const mirrorSetKinds = ['ImageDigestMirrorSet', 'ImageTagMirrorSet'] as const satisfies readonly MirrorSetKind[];

/** Pure. The same images in any order give the same files. */
export function clusterResourcesOf({
  images,
  others = [],
  destination,
  signatures = [],
  templates = new Map(),
}: {
  images: readonly ResourceImage[];
  /** Images of other sequences: their mirrors are in the mirror sets too, as in withEarlierMirrors. */
  others?: readonly ResourceImage[] | undefined;
  destination: RegistryDestination;
  /** Signatures of the releases among the images; others are ignored. */
  signatures?: readonly ReleaseSignature[] | undefined;
  /** Templates of CatalogSources, by their paths in catalogs. */
  templates?: ReadonlyMap<string, { readonly template: CatalogTemplate }> | undefined;
}): ClusterResources {
  const files = new Map<string, string>();
  for (const kind of mirrorSetKinds) {
    const text = renderMirrorSets(kind, mirrorSetsOf(kind, [...others, ...images], destination));
    if (text !== undefined) files.set(mirrorSetFiles[kind], text);
  }
  const catalogs = images.filter(({ catalog }) => catalog !== undefined);
  for (const [name, text] of [
    ...catalogs.flatMap((image) => {
      const { template } = templates.get(image.catalog?.targetCatalogSourceTemplate ?? '') ?? {};
      return catalogFiles(image, destination, template);
    }),
    ...signatureFiles(images, signatures),
    ...updateServiceFiles(images, destination),
  ])
    files.set(name, text);
  return sortedByName(files);
}

/**
 * The files of a sequence, with the mirrors of earlier sequences in its mirror sets: a narrower set would remove what
 * running pods still need. Everything else is as the sequence says.
 */
export function withEarlierMirrors(current: ClusterResources, earlier: ClusterResources): ClusterResources {
  const files = new Map(current);
  for (const kind of mirrorSetKinds) {
    const name = mirrorSetFiles[kind];
    const texts = [earlier.get(name), current.get(name)].filter((text) => text !== undefined);
    const text = renderMirrorSets(kind, mergeMirrorSets(...texts.map(parseMirrorSets)));
    if (text !== undefined) files.set(name, text);
  }
  return sortedByName(files);
}

function sortedByName(files: ReadonlyMap<string, string>): ClusterResources {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
