import { blockedBy } from '../../imageset/blocked-images';
import type { ImageSetDocument } from '../../imageset/document';
import type { MirroredImage } from '../../oci/image';
import { noImages } from './errors';
import type { Target } from './target';
import { targetOf } from './target';

/** An image that the configuration calls for. */
export interface RequestedImage extends Target {
  readonly kind: MirroredImage['kind'];
  /** As the configuration names it. */
  readonly name: string;
  /** Its place in `mirror.additionalImages`. */
  readonly index: number;
}

/**
 * The additional images of a configuration that are not blocked, in its order.
 *
 * @throws SEQ0415 when there are none, SEQ0502 for a name that can't be read
 */
export function requestedImages(document: ImageSetDocument): RequestedImage[] {
  const blocked = blockedBy(document.config);
  const all = (document.config.mirror.additionalImages ?? []).map((image, index) => ({
    kind: 'additional' as const,
    name: image.name,
    index,
    ...targetOf(image),
  }));
  // Both its name and where oc-mirror would put it are looked at (internal/pkg/cli/executor.go, excludeImages).
  const images = all.filter(
    ({ name, repository, tag }) => !blocked(name) && !blocked(`localhost:55000/${repository}:${tag}`),
  );
  if (images.length === 0) throw noImages({ file: document.file, blocked: all.length });
  return images;
}
