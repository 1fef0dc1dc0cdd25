/**
 * From a configuration to the images that it calls for. Only this folder knows kinds of content: one collector a kind,
 * and what no collector takes is told of as unsupported. Resolving, fetching and the archive plan see images only.
 */
import { blockedBy } from '../../../imageset/blocked-images';
import type { ImageSetDocument } from '../../../imageset/document';
import { noImages } from '../errors';
import { additionalImages } from './additional-images';
import type { RequestedImage } from './requested-image';

export type { RequestedImage } from './requested-image';
export { unsupportedIn } from './unsupported';

const collectors: readonly ((document: ImageSetDocument) => RequestedImage[])[] = [additionalImages];

/**
 * The images of a configuration that are not blocked, in its order.
 *
 * @throws SEQ0415 when there are none, SEQ0502 for a name that can't be read
 */
export function requestedImages(document: ImageSetDocument): RequestedImage[] {
  const blocked = blockedBy(document.config);
  const all = collectors.flatMap((collect) => collect(document));
  // Both its name and where oc-mirror would put it are looked at (internal/pkg/cli/executor.go, excludeImages).
  const images = all.filter(
    ({ name, repository, tag }) => !blocked(name) && !blocked(`localhost:55000/${repository}:${tag}`),
  );
  if (images.length === 0) throw noImages({ file: document.file, blocked: all.length });
  return images;
}
