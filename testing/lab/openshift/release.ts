import type { Image } from './image';
import { imageOf, noise } from './image';
import { pushSignedImage } from './push';

const componentRepository = 'openshift-release-dev/ocp-v4.0-art-dev';
const payloadRepository = 'openshift-release-dev/ocp-release';

/** Which generation of each component a release holds; components of the same generation are the same image. */
export type Components = Readonly<Record<string, number>>;

/** Where releases lie; default: as those of OpenShift for amd64. */
export interface ReleasePlace {
  readonly repository?: string;
  /** Default: `<version>-x86_64`. */
  readonly tag?: string;
}

export interface Release {
  readonly version: string;
  /** `quay.io/openshift-release-dev/ocp-release:4.99.0-x86_64` */
  readonly reference: string;
  readonly digest: string;
}

/**
 * Publishes a release: its components by digest, and the payload with `release-manifests/image-references`, which is
 * all that oc-mirror reads of a real one. `layerBytes` is the size of one component's own layer.
 */
export async function publishRelease(
  version: string,
  components: Components,
  {
    registry,
    layerBytes,
    repository = payloadRepository,
    tag = `${version}-x86_64`,
  }: ReleasePlace & { registry: string; layerBytes: number },
): Promise<Release> {
  const tags: { name: string; from: { kind: string; name: string } }[] = [];
  for (const [name, generation] of Object.entries(components)) {
    const image = componentOf(name, generation, layerBytes);
    const digest = await pushSignedImage(image, { registry, repository: componentRepository });
    tags.push({ name, from: { kind: 'DockerImage', name: `quay.io/${componentRepository}@${digest}` } });
  }
  const payload = imageOf({
    layers: [
      { 'usr/bin/cluster-version-operator': noise('cluster-version-operator', layerBytes) },
      {
        'release-manifests/image-references': JSON.stringify({
          kind: 'ImageStream',
          apiVersion: 'image.openshift.io/v1',
          metadata: { name: version },
          spec: { lookupPolicy: { local: false }, tags },
        }),
        'release-manifests/release-metadata': JSON.stringify({ kind: 'cincinnati-metadata-v0', version }),
      },
    ],
    labels: { 'io.openshift.release': version },
  });
  const digest = await pushSignedImage(payload, { registry, repository, tag });
  return { version, reference: `quay.io/${repository}:${tag}`, digest };
}

/** What signs a release: the message whose body names reference and digest. */
export function signatureMessage({ reference, digest }: Pick<Release, 'reference' | 'digest'>): string {
  return JSON.stringify({
    critical: {
      identity: { 'docker-reference': reference },
      image: { 'docker-manifest-digest': digest },
      type: 'atomic container signature',
    },
    optional: {},
  });
}

function componentOf(name: string, generation: number, layerBytes: number): Image {
  return imageOf({
    layers: [
      { 'usr/lib/base': noise('release base', layerBytes) },
      { [`usr/bin/${name}`]: noise(`${name} ${generation}`, layerBytes) },
    ],
    labels: { 'io.k8s.display-name': name },
  });
}
