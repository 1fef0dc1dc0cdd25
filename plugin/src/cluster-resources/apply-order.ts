import { mirrorSetFiles } from './mirror-sets';
import type { ClusterResources } from './cluster-resources';

export interface ApplyStep {
  readonly files: readonly string[];
  readonly why: string;
  /** Whether the cluster drains its nodes, and restarts or reloads them, one after the other. */
  readonly reboots: boolean;
}

/** The order in which to apply the files: what later ones depend on comes first. Steps without files are left out. */
export function applyOrder(resources: ClusterResources): ApplyStep[] {
  return applySteps(resources).filter(({ files }) => files.length > 0);
}

/** The same with the steps that have no files, so that a kind of file is always in the same step. */
export function applySteps(resources: ClusterResources): readonly ApplyStep[] {
  const names = [...resources.keys()];
  const matching = (pattern: RegExp): string[] => names.filter((name) => pattern.test(name));
  return [
    {
      files: matching(/^signature-configmap\.yaml$/),
      why: 'the signatures with which the cluster verifies releases',
      reboots: false,
    },
    {
      files: names.filter((name) => Object.values(mirrorSetFiles).includes(name)),
      why: 'nodes then pull from this registry; a change is rolled out node by node',
      reboots: true,
    },
    { files: matching(/^cs-.*\.yaml$/), why: 'catalogs for OperatorHub (OLM)', reboots: false },
    {
      files: matching(/^cc-.*\.yaml$/),
      why: 'catalogs for OLM 1 (4.18 and later); skip this if you do not use OLM 1',
      reboots: false,
    },
    { files: matching(/^updateService\.yaml$/), why: 'needs the OpenShift Update Service operator', reboots: false },
  ];
}
