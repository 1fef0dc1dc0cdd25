import type { Pin } from '../../imageset/edit';
import type { MirroredImage } from '../../oci/image';
import { impossible } from '../../system/errors';
import type { RequestedImage } from './collect/collect';

/**
 * Where the configuration has to name a digest to mean the same images for ever: what it names by tag alone becomes
 * `host/repository:tag@sha256:…`, which oc-mirror pulls by digest and keeps under the tag
 * (internal/pkg/additional/local_stored_collector.go, buildMirrorToDiskPaths).
 */
export function requestPins(requests: readonly RequestedImage[], images: readonly MirroredImage[]): Pin[] {
  const digests = new Map(
    images.filter(({ attachedTo }) => attachedTo === undefined).map(({ source, digest }) => [source, digest]),
  );
  return requests.flatMap(({ name, pinAt }) => {
    if (pinAt === undefined) return [];
    const digest = digests.get(name);
    if (digest === undefined) throw impossible(`${name} was not resolved`);
    return { path: [...pinAt], value: `${name}@${digest}` };
  });
}
