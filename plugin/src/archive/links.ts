import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { kindOf } from '../oci/media-types';
import { layerLinkName, revisionLinkName, tagLinkName } from './names';
import type { PlannedLink } from './plan';

/** An image as an archive has it. A MirroredImage is one. */
export interface TaggedImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
}

/**
 * Every link that images need in an archive: a tag for each image, a revision for each manifest and index below it, a
 * layer for each config and layer. Each once, sorted by name. A blob without a record has nothing below it.
 *
 * @param blobs records of all blobs that the images consist of, including those of earlier sequences
 */
export function linksOf(
  images: readonly TaggedImage[],
  blobs: ReadonlyMap<Digest, Pick<BlobRecord, 'mediaType' | 'refs'>>,
): PlannedLink[] {
  const links = new Map<string, PlannedLink>();
  const link = (name: string, digest: Digest): void => void links.set(name, { name, digest });
  for (const { repository, tag, digest: root } of images) {
    link(tagLinkName(repository, tag), root);
    // A set also iterates over what is added meanwhile; so no recursion, whatever the records refer to.
    const manifests = new Set([root]);
    for (const digest of manifests) {
      link(revisionLinkName(repository, digest), digest);
      const { mediaType, refs = [] } = blobs.get(digest) ?? {};
      for (const ref of refs) {
        if (kindOf(mediaType) === 'index') manifests.add(ref);
        else link(layerLinkName(repository, ref), ref);
      }
    }
  }
  return [...links.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
