/** CatalogSource (OLM 0) and ClusterCatalog (OLM 1) of a catalog, named as oc-mirror names them. */
import type { RegistryDestination } from '../registry/destination';
import { pathAt } from '../registry/destination';
import type { CatalogTemplate } from './catalog-template';
import type { ResourceImage } from './resource-image';
import { resourceText } from './resource-text';

/**
 * Both files of a catalog.
 *
 * @param template the template of its CatalogSource; what is set here overrides it
 */
export function catalogFiles(
  image: ResourceImage,
  destination: RegistryDestination,
  template?: CatalogTemplate,
): [string, string][] {
  const path = pathAt(destination, image.repository);
  const reference = `${destination.host}/${path}:${image.tag}`;
  const name = nameOf(path, image.tag);
  return [
    [
      `cc-${name}.yaml`,
      resourceText({
        apiVersion: 'olm.operatorframework.io/v1',
        kind: 'ClusterCatalog',
        metadata: { name: `cc-${name}` },
        spec: { priority: 0, source: { image: { ref: reference }, type: 'Image' } },
      }),
    ],
    [
      `cs-${name}.yaml`,
      resourceText({
        apiVersion: 'operators.coreos.com/v1alpha1',
        kind: 'CatalogSource',
        metadata: { ...template?.metadata, name: `cs-${name}`, namespace: 'openshift-marketplace' },
        spec: { ...template?.spec, image: reference, sourceType: 'grpc' },
      }),
    ],
  ];
}

const longestSuffix = 12;

/** The last part of its path and the beginning of the tag: `redhat-operator-index-v4-99`. */
function nameOf(path: string, tag: string): string {
  const suffix = tag
    .slice(0, longestSuffix)
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-');
  return `${path.split('/').at(-1)}-${suffix === '' ? '0' : suffix}`.replaceAll('.', '-');
}
