/**
 * Images of OpenShift releases where oc-mirror puts them (internal/pkg/release): payloads, their components, and the image
 * with the update graph, below the destination.
 */
import type { MirroredImage } from '../oci/image';

export const releaseRepository = 'openshift/release-images';
export const componentRepository = 'openshift/release';
export const graphRepository = 'openshift/graph-image';

export function isReleaseRepository(repository: string): boolean {
  return [releaseRepository, componentRepository, graphRepository].includes(repository);
}

/** The payload itself, neither its signature nor one of its components. */
export function isReleaseImage({
  kind,
  repository,
  attachedTo,
}: Pick<MirroredImage, 'kind' | 'repository'> & { readonly attachedTo?: string | undefined }): boolean {
  return kind === 'release' && repository === releaseRepository && attachedTo === undefined;
}

export function isGraphImage({ kind, repository }: Pick<MirroredImage, 'kind' | 'repository'>): boolean {
  return kind === 'release' && repository === graphRepository;
}

/** The tag of a payload without its architecture: `4.19.2-x86_64` → `4.19.2`; `4.20.0-rc.1-multi` → `4.20.0-rc.1`. */
export function versionOfTag(tag: string): string {
  return tag.replace(/-(?:x86_64|aarch64|ppc64le|s390x|multi)$/, '');
}
