import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describeWith } from '../../../testing/lab/requirements';
import { newFolder } from '../../../testing/worlds/folders';
import { clusterResourcesOf } from './cluster-resources';
import { kustomizeFolders } from './kustomize';
import type { ResourceImage } from './resource-image';

const hex = 'ab'.repeat(32);

function image(source: string, repository: string, more: Partial<ResourceImage> = {}): ResourceImage {
  return { kind: 'additional', source, repository, tag: source.split(':').at(-1) ?? '', ...more };
}

const images: readonly ResourceImage[] = [
  image('registry.redhat.io/ubi9/ubi:9.5', 'ubi9/ubi'),
  image(`registry.redhat.io/logging/operator@sha256:${hex}`, 'logging/operator', { kind: 'operator' }),
  image('registry.redhat.io/redhat/redhat-operator-index:v4.19', 'redhat/redhat-operator-index', {
    kind: 'operator',
    catalog: {},
  }),
  image('quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64', 'openshift/release-images', { kind: 'release' }),
  image('quay.io/openshift-release-dev/graph:latest', 'openshift/graph-image', { kind: 'release' }),
];
const signatures = [{ tag: '4.19.2-x86_64', hex, content: Buffer.from('signed') }];
const resourcesAt = (host: string) =>
  clusterResourcesOf({ images, destination: { host, namespace: 'mirror' }, signatures });
const sites = new Map([
  ['alpha', resourcesAt('registry.alpha.example:8443')],
  ['bravo', resourcesAt('registry.bravo.example:8443')],
]);

describe('kustomizeFolders', () => {
  it('puts what sites have in common into the base, and the rest into an overlay of each', () => {
    expect([...kustomizeFolders(sites).keys()].filter((path) => !path.startsWith('overlays/bravo'))).toEqual([
      'base/configmap-mirrored-release-signatures.yaml',
      'base/kustomization.yaml',
      'overlays/alpha/catalogsource-cs-redhat-operator-index-v4-19.yaml',
      'overlays/alpha/clustercatalog-cc-redhat-operator-index-v4-19.yaml',
      'overlays/alpha/imagedigestmirrorset-idms-operator-0.yaml',
      'overlays/alpha/imagedigestmirrorset-idms-release-0.yaml',
      'overlays/alpha/imagetagmirrorset-itms-generic-0.yaml',
      'overlays/alpha/imagetagmirrorset-itms-release-0.yaml',
      'overlays/alpha/kustomization.yaml',
      'overlays/alpha/updateservice-update-service-oc-mirror.yaml',
    ]);
  });

  it('needs no base where sites have nothing in common', () => {
    const without = new Map([...sites].map(([site, files]) => [site, new Map([...files].slice(0, 2))]));
    expect([...kustomizeFolders(without).keys()].some((path) => path.startsWith('base/'))).toBe(false);
    expect(kustomizeFolders(without).get('overlays/alpha/kustomization.yaml')).not.toContain('base');
  });

  it('lets Argo CD apply first what other resources need', () => {
    const waveOf = (path: string) => /sync-wave: "(\d)"/.exec(kustomizeFolders(sites).get(path) ?? '')?.[1];
    expect(waveOf('base/configmap-mirrored-release-signatures.yaml')).toBe('0');
    expect(waveOf('overlays/alpha/imagedigestmirrorset-idms-operator-0.yaml')).toBe('1');
    expect(waveOf('overlays/alpha/catalogsource-cs-redhat-operator-index-v4-19.yaml')).toBe('2');
    expect(waveOf('overlays/alpha/updateservice-update-service-oc-mirror.yaml')).toBe('4');
  });

  describeWith(['kubectl'], 'judged by kubectl kustomize', () => {
    let folder: string;
    beforeEach(() => void (folder = newFolder('kustomize')));
    afterEach(() => rmSync(folder, { recursive: true }));

    it.each(['alpha', 'bravo'])('builds every resource of %s', (site) => {
      for (const [path, text] of kustomizeFolders(sites)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const built = execFileSync('kubectl', ['kustomize', join(folder, 'overlays', site)], { encoding: 'utf8' });
      const kinds = parseAllDocuments(built).map((document) => (document.toJS() as { kind: string }).kind);
      expect(kinds.sort()).toEqual([
        'CatalogSource',
        'ClusterCatalog',
        'ConfigMap',
        'ImageDigestMirrorSet',
        'ImageDigestMirrorSet',
        'ImageTagMirrorSet',
        'ImageTagMirrorSet',
        'UpdateService',
      ]);
      expect(built).toContain(`registry.${site}.example:8443/mirror/`);
      expect(built).not.toContain(`registry.${site === 'alpha' ? 'bravo' : 'alpha'}.example`);
    });
  });
});
