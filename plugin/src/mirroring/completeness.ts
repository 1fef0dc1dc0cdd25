import type { LinkEntry } from '../archive/archive-index';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { Closure } from '../sequence/closure';
import { blobSetOf, closureOf } from '../sequence/closure';
import { printable } from '../system/printable';

export interface Completeness {
  readonly closure: Closure;
  /** What would fail on the far side, one line each. Empty if every image is there, whole, under its tag. */
  readonly lacking: readonly string[];
}

/**
 * Whether archives and base together hold every image whole: each blob that a manifest names, and each image's tag
 * pointing to its digest, since disk-to-mirror looks images up by tag.
 *
 * @param facts.linksInBase whether the base holds an image's links, so that the archives may lack its tag
 */
export function completenessOf({
  images,
  archived,
  base,
  linksInBase,
}: {
  images: readonly MirroredImage[];
  archived: { readonly blobs: readonly BlobRecord[]; readonly links: readonly LinkEntry[] };
  base: ReadonlyMap<Digest, BlobRecord>;
  linksInBase: (image: MirroredImage) => boolean;
}): Completeness {
  const closure = closureOf(
    images.map(({ digest }) => digest),
    blobSetOf(archived.blobs, base.values()),
  );
  const missingBlobs = closure.missing.map(({ digest, referencedBy }) =>
    referencedBy === undefined
      ? `${sourceOf(images, digest)}: no archive contains its manifest ${digest}`
      : `no archive contains ${digest}, which ${referencedBy} names`,
  );
  const tags = new Map(
    archived.links.flatMap((link) =>
      link.link === 'tag' ? [[`${link.repository}:${link.tag}`, link.target] as const] : [],
    ),
  );
  const missingTags = images
    .filter((image) => {
      const found = tags.get(`${image.repository}:${image.tag}`);
      return found === undefined ? !linksInBase(image) : found !== image.digest;
    })
    .map(({ source, repository, tag, digest }) => {
      const found = tags.get(`${repository}:${tag}`);
      return `${printable(source)}: ${repository}:${tag} should point to ${digest}, but ${found === undefined ? 'no archive contains this tag' : `points to ${found}`}`;
    });
  return { closure, lacking: [...missingBlobs, ...missingTags] };
}

function sourceOf(images: readonly MirroredImage[], digest: Digest): string {
  return printable(images.find((image) => image.digest === digest)?.source ?? digest);
}
