/** Which images need a blob, and so which repositories must have it. Pure. */
import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { kindOf } from '../oci/media-types';
import type { ImageReference } from '../oci/reference';
import { tryParseReference } from '../oci/reference';
import { closureOf } from '../sequence/closure';

export interface BlobNeed {
  /** Sources of the images that need it, as the configuration names them. */
  readonly images: readonly string[];
  /** The repositories of these images, in the order in which they are asked. */
  readonly repositories: readonly ImageReference[];
  /** Whether it is requested as a manifest; registries serve manifests and other blobs at different addresses. */
  readonly isManifest: boolean;
}

/** Who needs each of these blobs. All blobs of an image come from one repository. */
export function blobNeedsOf(
  wanted: ReadonlySet<Digest>,
  { images, blobs }: { images: readonly MirroredImage[]; blobs: BlobSet },
): Map<Digest, BlobNeed> {
  const sources = new Map<Digest, Set<string>>([...wanted].map((digest) => [digest, new Set()]));
  for (const image of wanted.size === 0 ? [] : images) {
    const closure = closureOf([image.digest], blobs);
    for (const digest of [...closure.blobs.keys(), ...closure.missing.map((blob) => blob.digest)]) {
      sources.get(digest)?.add(image.source);
    }
  }
  return new Map(
    [...sources].map(([digest, names]) => [
      digest,
      {
        images: [...names],
        repositories: repositoriesOf([...names]),
        isManifest: kindOf(blobs.get(digest)?.mediaType) !== undefined,
      },
    ]),
  );
}

/** Images in a folder (`oci://`) have no repository. */
function repositoriesOf(sources: readonly string[]): ImageReference[] {
  const repositories = new Map<string, ImageReference>();
  for (const source of sources) {
    const { reference } = tryParseReference(source);
    if (reference === undefined) continue;
    const { host, repository } = reference;
    repositories.set(`${host}/${repository}`, { host, repository });
  }
  return [...repositories.values()];
}
