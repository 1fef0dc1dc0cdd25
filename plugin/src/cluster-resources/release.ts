/** What clusters need for updates: signatures of release payloads, and where the update service finds payloads and graph. */
import type { RegistryDestination } from '../registry/destination';
import { pathAt } from '../registry/destination';
import { graphRepository, isGraphImage, isReleaseImage, releaseRepository } from '../release/release-images';
import type { ReleaseSignature } from '../release/working-dir';
import type { ResourceImage } from './resource-image';
import { resourceText } from './resource-text';

/** The ConfigMap with the signatures of these releases, in both forms; none if there is no signature. */
export function signatureFiles(
  images: readonly ResourceImage[],
  signatures: readonly ReleaseSignature[],
): [string, string][] {
  const binaryData: Record<string, string> = {};
  const tags = new Set(images.filter(isReleaseImage).map(({ tag }) => tag));
  const found = signatures.filter(({ tag }) => tags.has(tag)).sort((a, b) => (a.hex < b.hex ? -1 : 1));
  found.forEach(({ hex, content }, index) => {
    binaryData[`sha256-${hex}-${index + 1}`] = content.toString('base64');
  });
  if (found.length === 0) return [];
  const object = {
    apiVersion: 'v1',
    binaryData,
    kind: 'ConfigMap',
    metadata: {
      labels: { 'release.openshift.io/verification-signatures': '' },
      name: 'mirrored-release-signatures',
      namespace: 'openshift-config-managed',
    },
  };
  return [
    ['signature-configmap.json', JSON.stringify(object)],
    ['signature-configmap.yaml', resourceText(object)],
  ];
}

/** The UpdateService, if a graph image and a release came. */
export function updateServiceFiles(
  images: readonly ResourceImage[],
  destination: RegistryDestination,
): [string, string][] {
  if (!images.some(isGraphImage) || !images.some(isReleaseImage)) return [];
  const at = (repository: string): string => `${destination.host}/${pathAt(destination, repository)}`;
  return [
    [
      'updateService.yaml',
      resourceText({
        apiVersion: 'updateservice.operator.openshift.io/v1',
        kind: 'UpdateService',
        metadata: { name: 'update-service-oc-mirror', namespace: 'openshift-update-service' },
        spec: { graphDataImage: `${at(graphRepository)}:latest`, releases: at(releaseRepository), replicas: 2 },
      }),
    ],
  ];
}
