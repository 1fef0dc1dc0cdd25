import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { closureOf } from '../sequence/closure';
import type { BrokenImage } from './validation';

/** Digests of blobs that are damaged or missing. */
export interface UnusableBlobs {
  has(digest: Digest): boolean;
}

/**
 * The images that need one of these blobs, in order.
 *
 * @param records the known records of the images' blobs, including the unusable ones
 */
export function imagesLacking(
  images: readonly MirroredImage[],
  { records, unusable }: { records: BlobSet; unusable: UnusableBlobs },
): BrokenImage[] {
  return images.flatMap((image) => {
    const closure = closureOf([image.digest], records);
    const lacking = [...closure.blobs.keys(), ...closure.missing.map(({ digest }) => digest)].filter((digest) =>
      unusable.has(digest),
    );
    return lacking.length === 0 ? [] : [brokenImage(image, lacking)];
  });
}

export function brokenImage(
  { source, repository, tag, digest }: MirroredImage,
  lacking: readonly Digest[],
): BrokenImage {
  return { source, repository, tag, digest, operators: [], lacking };
}
