/** The images that bundles need, as oc-mirror takes them from their related images. */
import type { CatalogBundle } from '../fbc/fbc';
import type { SelectedCatalog } from './select';

export interface BundleImage {
  /** As the catalog refers to it. */
  readonly image: string;
  readonly isBundle: boolean;
  /** The bundles that need it, in the order of the selection. */
  readonly bundles: readonly CatalogBundle[];
}

export interface SelectedImages {
  /** Each once, in the order in which the bundles name them. */
  readonly images: readonly BundleImage[];
  /** Images that cannot be mirrored because of their names, each with a bundle that names it: oc-mirror fails there. */
  readonly unusable: readonly { readonly image: string; readonly bundle: CatalogBundle; readonly why: string }[];
  /** Bundles whose own image is not among their related images, so that it is not mirrored. */
  readonly bundleImagesLeftOut: readonly CatalogBundle[];
}

export function imagesOf({ bundles }: Pick<SelectedCatalog, 'bundles'>): SelectedImages {
  const images = new Map<string, { image: string; isBundle: boolean; bundles: CatalogBundle[] }>();
  const unusable: { image: string; bundle: CatalogBundle; why: string }[] = [];
  for (const bundle of bundles) {
    for (const image of new Set(bundle.relatedImages)) {
      const why = troubleWith(image);
      if (why !== undefined) {
        unusable.push({ image, bundle, why });
        continue;
      }
      const found = images.get(image) ?? { image, isBundle: false, bundles: [] };
      found.bundles.push(bundle);
      found.isBundle ||= image === bundle.image;
      images.set(image, found);
    }
  }
  const bundleImagesLeftOut = bundles.filter(
    ({ image, relatedImages }) => image !== '' && !relatedImages.includes(image) && !images.has(image),
  );
  return { images: [...images.values()], unusable, bundleImagesLeftOut };
}

/** oc-mirror's verdict on a name (internal/pkg/image/image.go, ParseRef). */
function troubleWith(image: string): string | undefined {
  if (image === '') return 'its name is empty';
  if (image.includes('oci://')) return 'it is on disk, but a catalog must name images in registries';
  const [name = '', digest] = image.replace(/^docker:\/\//, '').split('@');
  if (name === '') return 'its name is empty';
  const hasTag = name.lastIndexOf(':') > name.indexOf('/');
  return digest === undefined && !hasTag ? 'it has no tag and no digest' : undefined;
}
