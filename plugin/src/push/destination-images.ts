import { filterIds } from '../catalog/filter-id';
import { isFilterId } from '../catalog/working-dir';
import { destinationOfCatalog } from '../imageset/destination';
import type { ImageSetConfiguration, OperatorCatalog } from '../imageset/schema';
import { hexOf } from '../oci/digest';
import type { MirroredImage } from '../oci/image';

/** A recorded image with the tag that it gets where it arrives. */
export interface DestinationImage extends MirroredImage {
  /** An operator catalog, as the cluster will use it. */
  readonly catalog?: OperatorCatalog | undefined;
}

/**
 * The images as disk-to-mirror names them. All keep repository and tag, except catalogs: archives have the one that
 * oc-mirror rebuilt under the id of its filter; it takes the name of its original, which is left out (oc-mirror
 * internal/pkg/operator/filtered_collector.go).
 */
export function destinationImages(
  images: readonly MirroredImage[],
  { mirror: { operators = [] } }: Pick<ImageSetConfiguration, 'mirror'>,
): DestinationImage[] {
  const replaced = new Map<MirroredImage, DestinationImage | undefined>();
  for (const catalog of operators) {
    const { repository, tag } = destinationOfCatalog(catalog);
    const here = images.filter((image) => image.kind === 'operator' && image.repository === repository);
    const original = here.find((image) => image.tag === tag && image.attachedTo === undefined);
    const ids = original === undefined ? [] : filterIds(catalog, original.digest);
    const rebuilt =
      here.find((image) => ids.includes(image.tag)) ?? (original === undefined ? rebuiltIn(here) : undefined);
    if (rebuilt !== undefined) {
      const isByDigest = !catalog.targetTag && catalog.catalog.includes('@') && tag.startsWith('sha256-');
      replaced.set(rebuilt, { ...rebuilt, tag: isByDigest ? `sha256-${hexOf(rebuilt.digest)}` : tag, catalog });
      for (const image of here) {
        // It may be there under the id of an older oc-mirror too, or of the pinned configuration.
        const isSame =
          image !== rebuilt &&
          (ids.includes(image.tag) || isFilterId(image.tag)) &&
          image.digest === rebuilt.digest &&
          replaced.get(image) === undefined;
        if (image === original || isSame || (image.attachedTo !== undefined && image.attachedTo === original?.digest))
          replaced.set(image, undefined);
      }
    } else if (original !== undefined) replaced.set(original, { ...original, catalog });
  }
  return images.flatMap((image) => (replaced.has(image) ? (replaced.get(image) ?? []) : [image]));
}

/**
 * A hand-made archive may lack the original catalog: then the image whose tag looks like the id of a filter is the
 * rebuilt one.
 */
function rebuiltIn(images: readonly MirroredImage[]): MirroredImage | undefined {
  return images.find(({ tag }) => isFilterId(tag));
}
