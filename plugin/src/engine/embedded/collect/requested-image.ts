import type { MirroredImage } from '../../../oci/image';
import type { ImageReference } from '../../../oci/reference';

/** An image that the configuration calls for. What kind it is of matters to records only. */
export interface RequestedImage {
  readonly kind: MirroredImage['kind'];
  /** As the configuration names it. */
  readonly name: string;
  readonly reference: ImageReference;
  /** In the archive, as in oc-mirror's cache. */
  readonly repository: string;
  readonly tag: string;
  /** Where the configuration would have to name its digest; `undefined` where it does. */
  readonly pinAt: readonly PropertyKey[] | undefined;
}
