import fc from 'fast-check';
import { applyOrder } from './apply-order';
import { clusterResourcesOf, withEarlierMirrors } from './cluster-resources';
import type { ResourceImage } from './resource-image';

const destination = { host: 'registry.example:8443', namespace: 'mirror/ocp' };
const hex = 'ab'.repeat(32);

function image(source: string, repository: string, more: Partial<ResourceImage> = {}): ResourceImage {
  const tag = source.includes('@') ? `sha256-${hex}` : (source.split(':').at(-1) ?? '');
  return { kind: 'additional', source, repository, tag, ...more };
}

const images: readonly ResourceImage[] = [
  image('registry.redhat.io/ubi9/ubi:9.5', 'ubi9/ubi'),
  image(`quay.io/coreos/etcd@sha256:${hex}`, 'coreos/etcd'),
  image('quay.io/coreos/etcd:v3.5', 'lab/etcd'),
  image(`quay.io/acme/both:1@sha256:${hex}`, 'acme/both', { tag: '1' }),
  image(`registry.redhat.io/logging/operator@sha256:${hex}`, 'logging/operator', { kind: 'operator' }),
  image('registry.redhat.io/redhat/redhat-operator-index:v4.19', 'redhat/redhat-operator-index', {
    kind: 'operator',
    catalog: {},
  }),
  image('quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64', 'openshift/release-images', { kind: 'release' }),
  image(`quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:${hex}`, 'openshift/release', { kind: 'release' }),
  image('quay.io/openshift-release-dev/graph:latest', 'openshift/graph-image', { kind: 'release' }),
];
const signatures = [{ tag: '4.19.2-x86_64', hex, content: Buffer.from('signed') }];

describe('clusterResourcesOf', () => {
  const files = clusterResourcesOf({ images, destination, signatures });

  it('makes the files that oc-mirror makes, by their names', () => {
    expect([...files.keys()]).toEqual([
      'cc-redhat-operator-index-v4-19.yaml',
      'cs-redhat-operator-index-v4-19.yaml',
      'idms-oc-mirror.yaml',
      'itms-oc-mirror.yaml',
      'signature-configmap.json',
      'signature-configmap.yaml',
      'updateService.yaml',
    ]);
  });

  it('points to single repositories, shortened, if the registry allows only so many parts of a path', () => {
    const shallow = clusterResourcesOf({ images, destination: { ...destination, maxNestedPaths: 2 }, signatures });
    expect(shallow.get('itms-oc-mirror.yaml')).toContain(
      '- registry.example:8443/mirror/ocp-ubi9-ubi\n    source: registry.redhat.io/ubi9/ubi\n',
    );
    expect([...shallow.keys()]).toContain('cs-ocp-redhat-redhat-operator-index-v4-19.yaml');
  });

  it('points by digest to whole namespaces if the path is kept, else to the repository', () => {
    expect(files.get('idms-oc-mirror.yaml')).toMatchInlineSnapshot(`
      "---
      apiVersion: config.openshift.io/v1
      kind: ImageDigestMirrorSet
      metadata:
        name: idms-generic-0
      spec:
        imageDigestMirrors:
        - mirrors:
          - registry.example:8443/mirror/ocp/acme
          source: quay.io/acme
        - mirrors:
          - registry.example:8443/mirror/ocp/coreos
          source: quay.io/coreos
      ---
      apiVersion: config.openshift.io/v1
      kind: ImageDigestMirrorSet
      metadata:
        name: idms-operator-0
      spec:
        imageDigestMirrors:
        - mirrors:
          - registry.example:8443/mirror/ocp/logging
          source: registry.redhat.io/logging
      ---
      apiVersion: config.openshift.io/v1
      kind: ImageDigestMirrorSet
      metadata:
        name: idms-release-0
      spec:
        imageDigestMirrors:
        - mirrors:
          - registry.example:8443/mirror/ocp/openshift/release-images
          source: quay.io/openshift-release-dev/ocp-release
        - mirrors:
          - registry.example:8443/mirror/ocp/openshift/release
          source: quay.io/openshift-release-dev/ocp-v4.0-art-dev
      "
    `);
  });

  it('points by tag, also for the release image', () => {
    expect(files.get('itms-oc-mirror.yaml')).toMatchInlineSnapshot(`
      "---
      apiVersion: config.openshift.io/v1
      kind: ImageTagMirrorSet
      metadata:
        name: itms-generic-0
      spec:
        imageTagMirrors:
        - mirrors:
          - registry.example:8443/mirror/ocp/acme
          source: quay.io/acme
        - mirrors:
          - registry.example:8443/mirror/ocp/lab/etcd
          source: quay.io/coreos/etcd
        - mirrors:
          - registry.example:8443/mirror/ocp/ubi9
          source: registry.redhat.io/ubi9
      ---
      apiVersion: config.openshift.io/v1
      kind: ImageTagMirrorSet
      metadata:
        name: itms-release-0
      spec:
        imageTagMirrors:
        - mirrors:
          - registry.example:8443/mirror/ocp/openshift/release-images
          source: quay.io/openshift-release-dev/ocp-release
      "
    `);
  });

  it('names catalogs for both kinds of OLM', () => {
    const both = [...files].filter(([name]) => /^c[cs]-/.test(name)).map(([, text]) => text);
    expect(both.join('---\n')).toMatchInlineSnapshot(`
      "apiVersion: olm.operatorframework.io/v1
      kind: ClusterCatalog
      metadata:
        name: cc-redhat-operator-index-v4-19
      spec:
        priority: 0
        source:
          image:
            ref: registry.example:8443/mirror/ocp/redhat/redhat-operator-index:v4.19
          type: Image
      ---
      apiVersion: operators.coreos.com/v1alpha1
      kind: CatalogSource
      metadata:
        name: cs-redhat-operator-index-v4-19
        namespace: openshift-marketplace
      spec:
        image: registry.example:8443/mirror/ocp/redhat/redhat-operator-index:v4.19
        sourceType: grpc
      "
    `);
  });

  it('lets the update service find payloads and graph', () => {
    expect(files.get('updateService.yaml')).toMatchInlineSnapshot(`
      "apiVersion: updateservice.operator.openshift.io/v1
      kind: UpdateService
      metadata:
        name: update-service-oc-mirror
        namespace: openshift-update-service
      spec:
        graphDataImage: registry.example:8443/mirror/ocp/openshift/graph-image:latest
        releases: registry.example:8443/mirror/ocp/openshift/release-images
        replicas: 2
      "
    `);
  });

  it('makes no empty mirror set', () => {
    expect(clusterResourcesOf({ images: [], destination }).size).toBe(0);
  });

  it('is the same whatever the order of the images', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...images], { minLength: images.length }), (shuffled) => {
        expect(clusterResourcesOf({ images: shuffled, destination, signatures })).toEqual(files);
      }),
    );
  });
});

describe('withEarlierMirrors', () => {
  it('keeps the mirrors of earlier sequences, and nothing else of them', () => {
    const earlier = clusterResourcesOf({ images, destination, signatures });
    const current = clusterResourcesOf({ images: [image('quay.io/new/app:1', 'new/app')], destination });
    const merged = withEarlierMirrors(current, earlier);
    expect([...merged.keys()]).toEqual(['idms-oc-mirror.yaml', 'itms-oc-mirror.yaml']);
    expect(merged.get('idms-oc-mirror.yaml')).toBe(earlier.get('idms-oc-mirror.yaml'));
    expect(merged.get('itms-oc-mirror.yaml')).toContain('source: quay.io/new\n');
    expect(merged.get('itms-oc-mirror.yaml')).toContain('source: registry.redhat.io/ubi9\n');
  });

  it('changes nothing if everything was there before', () => {
    const files = clusterResourcesOf({ images, destination });
    expect(withEarlierMirrors(files, files)).toEqual(files);
  });
});

describe('applyOrder', () => {
  it('puts signatures first, and says which step restarts nodes', () => {
    const steps = applyOrder(clusterResourcesOf({ images, destination, signatures }));
    expect(steps.map(({ files: names, reboots }) => [names, reboots])).toEqual([
      [['signature-configmap.yaml'], false],
      [['idms-oc-mirror.yaml', 'itms-oc-mirror.yaml'], true],
      [['cs-redhat-operator-index-v4-19.yaml'], false],
      [['cc-redhat-operator-index-v4-19.yaml'], false],
      [['updateService.yaml'], false],
    ]);
  });
});
