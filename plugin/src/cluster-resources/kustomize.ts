/**
 * Cluster resources of several sites as folders for kustomize: `base/` has what all sites have in common, and
 * `overlays/<site>/` the rest of each. Each resource is a file of its own, named by its kind and name, so that a change
 * in Git shows what changes in a cluster.
 */
import { z } from 'zod';
import { applySteps } from './apply-order';
import type { ClusterResources } from './cluster-resources';
import { objectsIn, resourceText } from './resource-text';

/** Texts by path, with slashes, sorted. */
export type KustomizeFolders = ReadonlyMap<string, string>;

export const kustomizationName = 'kustomization.yaml';

/** The folders at the top. */
export const kustomizeParts = ['base', 'overlays'] as const;

const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
});

// Argo CD checks a resource against the cluster first, and fails if the cluster does not know its kind yet.
const kindsOfOperators = ['ClusterCatalog', 'UpdateService'];

/**
 * Pure: the same resources give the same texts.
 *
 * @param sites names of sites, which are names of folders too, with the resources of each
 */
export function kustomizeFolders(sites: ReadonlyMap<string, ClusterResources>): KustomizeFolders {
  const all = new Map([...sites].map(([site, resources]) => [site, resourceFiles(resources)]));
  const [first = new Map<string, string>(), ...others] = all.values();
  const common = new Map([...first].filter(([name, text]) => others.every((files) => files.get(name) === text)));
  const folders = new Map<string, string>();
  const put = (folder: string, files: ReadonlyMap<string, string>, above: readonly string[]): void => {
    for (const [name, text] of files) folders.set(`${folder}/${name}`, text);
    folders.set(`${folder}/${kustomizationName}`, kustomizationOf([...above, ...files.keys()]));
  };
  if (common.size > 0) put('base', common, []);
  for (const [site, files] of all) {
    const own = new Map([...files].filter(([name]) => !common.has(name)));
    put(`overlays/${site}`, own, common.size > 0 ? ['../../base'] : []);
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One file per resource, by name. */
function resourceFiles(resources: ClusterResources): Map<string, string> {
  const files = new Map<string, string>();
  for (const [wave, { files: names }] of applySteps(resources).entries()) {
    for (const object of names.flatMap((name) => objectsIn(resources.get(name) ?? ''))) {
      const resource = Resource.parse(object);
      const { kind, metadata } = resource;
      const annotations = {
        ...metadata.annotations,
        'argocd.argoproj.io/sync-wave': String(wave),
        ...(kindsOfOperators.includes(kind)
          ? { 'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true' }
          : {}),
      };
      files.set(
        `${kind}-${metadata.name}.yaml`.toLowerCase().replace(/[^a-z0-9.-]/g, '-'),
        resourceText({ ...resource, metadata: { ...metadata, annotations } }),
      );
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function kustomizationOf(resources: readonly string[]): string {
  return resourceText({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });
}
