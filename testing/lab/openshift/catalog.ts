import type { Image } from './image';
import { imageOf, indexOf, noise } from './image';
import { pushImage } from './push';

/** Packages of a catalog with the versions in their `stable` channel, oldest first. */
export type Packages = Readonly<Record<string, readonly string[]>>;

export const catalogReference = 'registry.redhat.io/redhat/redhat-operator-index:v4.99';

const configsLabel = { 'operators.operatorframework.io.index.configs.v1': '/configs' };

/**
 * Publishes a file-based catalog of two architectures at `catalogReference`, with bundles and related images of every
 * version. Published again with other packages or versions, its tag moves, as the real one's does every few hours.
 */
export async function publishCatalog(
  packages: Packages,
  { registry, layerBytes }: { registry: string; layerBytes: number },
): Promise<string> {
  const configs: Record<string, string> = {};
  for (const [name, versions] of Object.entries(packages)) {
    const documents: unknown[] = [
      { schema: 'olm.package', name, defaultChannel: 'stable' },
      { schema: 'olm.channel', name: 'stable', package: name, entries: channelEntries(name, versions) },
    ];
    for (const version of versions) documents.push(await publishBundle(name, version, { registry, layerBytes }));
    configs[`configs/${name}/catalog.json`] = documents.map((document) => JSON.stringify(document)).join('\n');
  }
  const catalog = indexOf(
    ['amd64', 'arm64'].map((architecture) =>
      imageOf({
        layers: [{ 'bin/opm': noise(`opm ${architecture}`, layerBytes * 2) }, configs],
        labels: configsLabel,
        architecture,
      }),
    ),
  );
  return pushImage(catalog, { registry, repository: 'redhat/redhat-operator-index', tag: 'v4.99' });
}

function channelEntries(name: string, versions: readonly string[]) {
  return versions.map((version, index) => ({
    name: `${name}.v${version}`,
    ...(index === 0 ? {} : { replaces: `${name}.v${versions[index - 1]}` }),
  }));
}

async function publishBundle(
  name: string,
  version: string,
  { registry, layerBytes }: { registry: string; layerBytes: number },
): Promise<unknown> {
  const push = async (part: string, image: Image): Promise<string> => {
    const repository = `${name}/${name}-${part}`;
    return `registry.redhat.io/${repository}@${await pushImage(image, { registry, repository })}`;
  };
  const bundle = await push(
    'bundle',
    imageOf({ layers: [{ 'manifests/csv.yaml': `name: ${name}.v${version}\n`, 'metadata/annotations.yaml': '{}\n' }] }),
  );
  const operator = await push(
    'operator',
    imageOf({
      layers: [
        { 'usr/lib/base': noise('operator base', layerBytes) },
        { [`usr/bin/${name}`]: noise(`${name} ${version}`, layerBytes) },
      ],
    }),
  );
  return {
    schema: 'olm.bundle',
    name: `${name}.v${version}`,
    package: name,
    image: bundle,
    properties: [{ type: 'olm.package', value: { packageName: name, version } }],
    relatedImages: [
      { name: '', image: bundle },
      { name: 'operator', image: operator },
    ],
  };
}
