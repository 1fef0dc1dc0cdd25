/**
 * The images of the four documented steps (platform 4.19.2, web-terminal, cluster-logging, ubi9) under their real names,
 * with sizes like theirs times a factor. A real payload's components have digests only; here each has a tag, so that they
 * can be additional images, which every engine mirrors.
 */
import type { ImageSpec, SyntheticLayerSpec } from './image';
import { anImage } from './image';
import { smallestLayer } from './synthetic-layer';

export interface DocumentedStep {
  /** The name that the sequence would have. */
  readonly name: string;
  /** What it adds to the steps before. */
  readonly adds: readonly ImageSpec[];
}

/** Makes all layers together about 10 MiB. */
export const defaultScale = 1 / 2048;

const mebibyte = 1024 ** 2;

/** Layers that many images have in common, in MiB. */
const shared = { 'rhel-9-base': 74, 'ubi9-base': 74, 'ubi9-minimal': 36, 'openshift-base': 290, 'openshift-cli': 170 };
type Shared = keyof typeof shared;

/** The components of a release and the sizes of their own layers, in MiB. */
export const components: Readonly<Record<string, number>> = {
  'agent-installer-api-server': 180,
  'aws-ebs-csi-driver': 60,
  'baremetal-installer': 620,
  cli: 140,
  'cli-artifacts': 690,
  'cloud-credential-operator': 70,
  'cluster-authentication-operator': 60,
  'cluster-baremetal-operator': 55,
  'cluster-etcd-operator': 65,
  'cluster-ingress-operator': 50,
  'cluster-kube-apiserver-operator': 65,
  'cluster-monitoring-operator': 45,
  'cluster-network-operator': 110,
  'cluster-node-tuning-operator': 260,
  'cluster-storage-operator': 45,
  'cluster-version-operator': 95,
  console: 120,
  coredns: 55,
  'docker-builder': 210,
  'docker-registry': 90,
  etcd: 130,
  'haproxy-router': 75,
  hyperkube: 410,
  hypershift: 340,
  installer: 560,
  'installer-artifacts': 1480,
  ironic: 580,
  'ironic-agent': 990,
  'kube-proxy': 70,
  'machine-api-operator': 60,
  'machine-config-operator': 310,
  'machine-os-images': 1390,
  'multus-cni': 180,
  'must-gather': 150,
  'oauth-server': 50,
  'openshift-apiserver': 90,
  'operator-lifecycle-manager': 150,
  'ovn-kubernetes': 370,
  pod: 3,
  prometheus: 110,
  'rhel-coreos': 2350,
  'rhel-coreos-extensions': 1150,
  tests: 590,
  thanos: 75,
  tools: 720,
  'vsphere-csi-driver': 65,
};

/** The four steps, in order. `scale` 1: about 15.5, 4.4, 1.4 and 0.2 GiB. */
export function documentedSteps(scale = defaultScale): DocumentedStep[] {
  const layersOf = layersAt(scale);
  const component = ([name, mebibytes]: [string, number]): ImageSpec =>
    anImage(`quay.io/openshift-release-dev/ocp-v4.0-art-dev:4.19.2-x86_64-${name}`, {
      layers: layersOf(`4.19.2 ${name}`, mebibytes, ['rhel-9-base', 'openshift-base']),
      format: 'docker',
    });
  const operatorImage = (reference: string, mebibytes: number): ImageSpec =>
    anImage(reference, {
      layers: layersOf(reference, mebibytes, ['ubi9-minimal']),
      architectures: ['amd64', 'arm64'],
      format: 'docker',
      signed: true,
    });
  const ubi9: Parameters<typeof anImage>[1] = {
    layers: layersOf('ubi9 9.5', 4, ['ubi9-base']),
    architectures: ['amd64', 'arm64', 'ppc64le', 's390x'],
    signed: true,
  };

  return [
    {
      name: 'baseline',
      adds: [
        anImage('quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64', {
          layers: layersOf('4.19.2 release', 1, ['rhel-9-base', 'openshift-base']),
          format: 'docker',
          signed: true,
        }),
        ...Object.entries(components).map(component),
      ],
    },
    {
      name: 'add-web-terminal',
      adds: [
        anImage('registry.redhat.io/redhat/redhat-operator-index:v4.19', {
          layers: layersOf('redhat-operator-index v4.19', 1250, ['rhel-9-base']),
          architectures: ['amd64', 'arm64'],
          format: 'docker',
        }),
        operatorImage('registry.redhat.io/web-terminal/web-terminal-rhel9-operator:1.12', 70),
        operatorImage('registry.redhat.io/web-terminal/web-terminal-operator-bundle:1.12', 1),
        operatorImage('registry.redhat.io/web-terminal/web-terminal-exec-rhel9:1.12', 60),
        anImage('registry.redhat.io/web-terminal/web-terminal-tooling-rhel9:1.12', {
          layers: layersOf('web-terminal-tooling 1.12', 880, ['ubi9-base', 'openshift-cli']),
          format: 'docker',
          signed: true,
        }),
        operatorImage('registry.redhat.io/devworkspace/devworkspace-rhel9-operator:0.34', 65),
        operatorImage('registry.redhat.io/devworkspace/devworkspace-operator-bundle:0.34', 1),
        operatorImage('registry.redhat.io/devworkspace/devworkspace-project-clone-rhel9:0.34', 190),
      ],
    },
    {
      name: 'add-cluster-logging',
      adds: [
        operatorImage('registry.redhat.io/openshift-logging/cluster-logging-rhel9-operator:v6.3.0', 85),
        operatorImage('registry.redhat.io/openshift-logging/cluster-logging-operator-bundle:v6.3.0', 1),
        operatorImage('registry.redhat.io/openshift-logging/log-file-metric-exporter-rhel9:v1.1.0', 70),
        operatorImage('registry.redhat.io/openshift-logging/vector-rhel9:v0.37.1', 160),
        operatorImage('registry.redhat.io/openshift-logging/loki-rhel9-operator:v6.3.0', 90),
        operatorImage('registry.redhat.io/openshift-logging/logging-loki-rhel9:v3.4.2', 130),
        operatorImage('registry.redhat.io/openshift-logging/lokistack-gateway-rhel9:v0.1.0', 75),
        operatorImage('registry.redhat.io/openshift-logging/opa-openshift-rhel9:v0.1.0', 70),
        operatorImage('registry.redhat.io/openshift-logging/eventrouter-rhel9:v0.4.0', 60),
      ],
    },
    {
      name: 'add-ubi9',
      adds: [anImage('registry.redhat.io/ubi9/ubi:9.5', ubi9), anImage('registry.redhat.io/ubi9/ubi:latest', ubi9)],
    },
  ];
}

/** Makes an image's layers: those that others share, and one of its own with so many MiB times the scale. */
export function layersAt(
  scale: number,
): (own: string, mebibytes: number, below: readonly Shared[]) => SyntheticLayerSpec[] {
  const sized = (name: string, mebibytes: number): SyntheticLayerSpec => ({
    name,
    bytes: Math.max(smallestLayer, Math.round(mebibytes * mebibyte * scale)),
  });
  return (own, mebibytes, below) => [...below.map((name) => sized(name, shared[name])), sized(own, mebibytes)];
}

/** All images of the four steps. */
export function catalogue(scale?: number): ImageSpec[] {
  return documentedSteps(scale).flatMap(({ adds }) => adds);
}
