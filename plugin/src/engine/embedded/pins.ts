import type { MirroredImage } from '../../oci/image';
import { impossible } from '../../system/errors';
import type { RequestedImage } from './requested-images';

export interface Pin {
  readonly path: PropertyKey[];
  readonly value: string;
}

/**
 * Where the configuration has to name a digest to mean the same images for ever: additional images by tag alone become
 * `host/repository:tag@sha256:…`, which oc-mirror pulls by digest and keeps under the tag
 * (internal/pkg/additional/local_stored_collector.go, buildMirrorToDiskPaths).
 */
export function pinsOf(requests: readonly RequestedImage[], images: readonly MirroredImage[]): Pin[] {
  const digests = new Map(
    images.filter(({ attachedTo }) => attachedTo === undefined).map(({ source, digest }) => [source, digest]),
  );
  return requests
    .filter(({ reference }) => reference.digest === undefined)
    .map(({ name, index }) => {
      const digest = digests.get(name);
      if (digest === undefined) throw impossible(`${name} was not resolved`);
      return { path: ['mirror', 'additionalImages', index, 'name'], value: `${name}@${digest}` };
    });
}
