/**
 * An upstream with everything that the documented run asks for: OpenShift 4.19.2 and its update, an operator catalog
 * with channels and older versions, and ubi9, with sizes like the real ones times a factor.
 */
import { components, layersAt } from './catalogue';
import type { ImageSpec } from './image';
import { anImage } from './image';

/** The root digest of a reference with a tag, as the registry that has the images knows it. */
export type DigestOf = (reference: string) => Promise<string>;

const payloadRepository = 'quay.io/openshift-release-dev/ocp-release';
const componentRepository = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev';

export interface ReleaseSpec {
  readonly version: string;
  /** The payload, with its tag. */
  readonly reference: string;
  readonly images: readonly ImageSpec[];
}

/** The documented release. */
export const firstRelease = '4.19.2';
/** Its update, with the components that changed. */
export const update = {
  version: '4.19.3',
  changed: ['cli', 'cluster-version-operator', 'console', 'etcd', 'hyperkube', 'installer', 'machine-config-operator'],
};

/** A release: its components, which a payload knows by digest, and the payload with their list. */
export function releaseSpec(
  version: string,
  { scale, changed, digestOf }: { scale: number; changed?: readonly string[] | undefined; digestOf: DigestOf },
): ReleaseSpec {
  const layersOf = layersAt(scale);
  const tagOf = (name: string): string => `${componentRepository}:${version}-x86_64-${name}`;
  const images = Object.entries(components).map(([name, mebibytes]) => {
    const own = changed === undefined || changed.includes(name) ? version : firstRelease;
    return anImage(tagOf(name), {
      layers: layersOf(`${own} ${name}`, mebibytes, ['rhel-9-base', 'openshift-base']),
      format: 'docker',
      signed: true,
    });
  });
  const reference = `${payloadRepository}:${version}-x86_64`;
  const manifests = async (): Promise<Record<string, string>> => {
    const tags: object[] = [];
    for (const name of Object.keys(components)) {
      const from = { kind: 'DockerImage', name: `${componentRepository}@${await digestOf(tagOf(name))}` };
      tags.push({ name, from });
    }
    const imageReferences = {
      kind: 'ImageStream',
      apiVersion: 'image.openshift.io/v1',
      metadata: { name: version },
      spec: { lookupPolicy: { local: false }, tags },
    };
    return {
      'release-manifests/image-references': JSON.stringify(imageReferences),
      'release-manifests/release-metadata': JSON.stringify({ kind: 'cincinnati-metadata-v0', version }),
    };
  };
  const payload = anImage(reference, {
    layers: [
      ...layersOf(`${version} release`, 1, ['rhel-9-base', 'openshift-base']),
      { name: `${version} manifests`, files: manifests },
    ],
    labels: { 'io.openshift.release': version },
    format: 'docker',
    signed: true,
  });
  return { version, reference, images: [...images, payload] };
}

export const catalogReference = 'registry.redhat.io/redhat/redhat-operator-index:v4.19';

interface OperatorVersion {
  readonly version: string;
  readonly channels: readonly string[];
  /** Their repositories below registry.redhat.io, and MiB; the bundle is `<package>-bundle` beside the first of them. */
  readonly images: Readonly<Record<string, number>>;
}

interface Operator {
  readonly name: string;
  readonly defaultChannel: string;
  readonly versions: readonly OperatorVersion[];
}

const terminal = 'web-terminal/web-terminal';
const logging = 'openshift-logging';

/** Oldest version first. */
const operators: readonly Operator[] = [
  {
    name: 'web-terminal',
    defaultChannel: 'fast',
    versions: ['1.11.0', '1.12.1'].map((version) => ({
      version,
      channels: ['fast'],
      images: {
        [`${terminal}-rhel9-operator`]: 70,
        [`${terminal}-exec-rhel9`]: 60,
        [`${terminal}-tooling-rhel9`]: 880,
      },
    })),
  },
  {
    name: 'devworkspace-operator',
    defaultChannel: 'fast',
    versions: ['0.33.0', '0.34.0'].map((version) => ({
      version,
      channels: ['fast'],
      images: {
        'devworkspace/devworkspace-rhel9-operator': 65,
        'devworkspace/devworkspace-project-clone-rhel9': 190,
      },
    })),
  },
  {
    name: 'cluster-logging',
    defaultChannel: 'stable-6.3',
    versions: ['6.2.3', '6.3.0'].map((version) => ({
      version,
      channels: version === '6.2.3' ? ['stable-6.2', 'stable-6.3'] : ['stable-6.3'],
      images: {
        [`${logging}/cluster-logging-rhel9-operator`]: 85,
        [`${logging}/vector-rhel9`]: 160,
        [`${logging}/log-file-metric-exporter-rhel9`]: 70,
        [`${logging}/eventrouter-rhel9`]: 60,
      },
    })),
  },
  {
    name: 'loki-operator',
    defaultChannel: 'stable-6.3',
    versions: ['6.2.3', '6.3.0'].map((version) => ({
      version,
      channels: version === '6.2.3' ? ['stable-6.2', 'stable-6.3'] : ['stable-6.3'],
      images: {
        [`${logging}/loki-rhel9-operator`]: 90,
        [`${logging}/logging-loki-rhel9`]: 130,
        [`${logging}/lokistack-gateway-rhel9`]: 75,
        [`${logging}/opa-openshift-rhel9`]: 70,
      },
    })),
  },
];

export interface CatalogOptions {
  readonly scale: number;
  /** Another revision has another head of web-terminal. @default 1 */
  readonly revision?: number | undefined;
  readonly digestOf: DigestOf;
  /** Default: the one that says where the catalog's files are. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Changes the text of a package's file. */
  readonly changed?: ((name: string, text: string) => string) | undefined;
}

/** The catalog with what its bundles name. */
export function catalogSpec({
  scale,
  revision = 1,
  digestOf,
  labels = { 'operators.operatorframework.io.index.configs.v1': '/configs' },
  changed = (_, text) => text,
}: CatalogOptions): readonly ImageSpec[] {
  const layersOf = layersAt(scale);
  const all = revision === 1 ? operators : operators.map(withNewHead);
  const images = all.flatMap(({ name, versions }) =>
    versions.flatMap((each) => [
      anImage(bundleOf(name, each), { layers: layersOf(`${name} bundle ${each.version}`, 1, []), signed: true }),
      ...Object.entries(each.images).map(([repository, mebibytes]) =>
        anImage(imageOf(repository, each), {
          layers: layersOf(`${repository} ${each.version}`, mebibytes, ['ubi9-minimal']),
          architectures: ['amd64', 'arm64'],
          format: 'docker',
          signed: true,
        }),
      ),
    ]),
  );
  const configs = async (): Promise<Record<string, string>> => {
    const files: Record<string, string> = {};
    for (const operator of all)
      files[`configs/${operator.name}/catalog.json`] = changed(
        operator.name,
        await fileBasedCatalog(operator, digestOf),
      );
    return files;
  };
  const catalog = anImage(catalogReference, {
    layers: [...layersOf('operator registry', 60, ['rhel-9-base']), { name: `catalog ${revision}`, files: configs }],
    labels,
    architectures: ['amd64', 'arm64'],
    format: 'docker',
  });
  return [...images, catalog];
}

function withNewHead(operator: Operator): Operator {
  const newest = operator.versions.at(-1);
  if (operator.name !== 'web-terminal' || newest === undefined) return operator;
  return { ...operator, versions: [...operator.versions, { ...newest, version: '1.13.0' }] };
}

function imageOf(repository: string, { version }: OperatorVersion): string {
  return `registry.redhat.io/${repository}:${version}`;
}

function bundleOf(name: string, version: OperatorVersion): string {
  const [first = name] = Object.keys(version.images);
  return imageOf(`${first.split('/', 1)[0]}/${name}-bundle`, version);
}

/** JSON documents, one after the other, as opm writes them. */
async function fileBasedCatalog({ name, defaultChannel, versions }: Operator, digestOf: DigestOf): Promise<string> {
  const byDigest = async (reference: string): Promise<string> =>
    `${reference.slice(0, reference.lastIndexOf(':'))}@${await digestOf(reference)}`;
  const channels = new Map<string, { name: string; replaces?: string }[]>();
  const bundles: object[] = [];
  for (const each of versions) {
    const entry = `${name}.v${each.version}`;
    for (const channel of each.channels) {
      const entries = channels.get(channel) ?? [];
      const before = entries.at(-1)?.name;
      channels.set(channel, [...entries, { name: entry, ...(before === undefined ? {} : { replaces: before }) }]);
    }
    const bundle = await byDigest(bundleOf(name, each));
    const related = [{ name: '', image: bundle }];
    for (const repository of Object.keys(each.images)) {
      related.push({ name: repository.split('/').at(-1) ?? '', image: await byDigest(imageOf(repository, each)) });
    }
    const properties = [{ type: 'olm.package', value: { packageName: name, version: each.version } }];
    bundles.push({
      schema: 'olm.bundle',
      name: entry,
      package: name,
      image: bundle,
      properties,
      relatedImages: related,
    });
  }
  const documents = [
    { schema: 'olm.package', name, defaultChannel },
    ...[...channels].map(([channel, entries]) => ({ schema: 'olm.channel', name: channel, package: name, entries })),
    ...bundles,
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n');
}

/** The additional image of the last step. */
export function ubiSpec(scale: number): ImageSpec {
  return anImage('registry.redhat.io/ubi9/ubi:9.5', {
    layers: layersAt(scale)('ubi9 9.5', 4, ['ubi9-base']),
    architectures: ['amd64', 'arm64', 'ppc64le', 's390x'],
    signed: true,
  });
}

/** All images of the first four steps, to know them by; built, they need what `startDocumentedLab` gives them. */
export function documentedImages(scale: number): readonly ImageSpec[] {
  const digestOf: DigestOf = () => Promise.reject(new Error('these images are not to be built'));
  const { images } = releaseSpec(firstRelease, { scale, digestOf });
  return [...images, ...catalogSpec({ scale, digestOf }), ubiSpec(scale)];
}

/** An image with its place after the documented run. */
export interface ExpectedImage {
  /** Its reference in the upstream. */
  readonly reference: string;
  /** Below the destination. */
  readonly repository: string;
  /** `undefined` if it is named by digest alone, and so kept under `sha256-<hex>`. */
  readonly tag: string | undefined;
}

/** The releases, the heads of the packages, and the image that the last step of the documented run asks for. */
export function expectedImages(): readonly ExpectedImage[] {
  const releases = [firstRelease, update.version].flatMap((version) => [
    expected(`${payloadRepository}:${version}-x86_64`, 'openshift/release-images', `${version}-x86_64`),
    ...Object.keys(components).map((name) =>
      expected(`${componentRepository}:${version}-x86_64-${name}`, 'openshift/release', `${version}-x86_64-${name}`),
    ),
  ]);
  const heads = operators.flatMap(({ name, versions }) => {
    const newest = versions.at(-1);
    if (newest === undefined) return [];
    return [bundleOf(name, newest), ...Object.keys(newest.images).map((repository) => imageOf(repository, newest))];
  });
  return [
    ...releases,
    ...heads.map((reference) => expected(reference, repositoryOf(reference), undefined)),
    expected('registry.redhat.io/ubi9/ubi:9.5', 'ubi9/ubi', '9.5'),
  ];
}

function expected(reference: string, repository: string, tag: string | undefined): ExpectedImage {
  return { reference, repository, tag };
}

function repositoryOf(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1, reference.lastIndexOf(':'));
}
