import type { Image } from './image';
import { imageOf, indexOf, noise } from './image';
import { pushImage } from './push';

/** Packages of a catalog: the versions in their `stable` channel, oldest first; or channels of their own. */
export type Packages = Readonly<Record<string, readonly string[] | PackageChannels>>;

export interface PackageChannels {
  readonly defaultChannel: string;
  /** Each entry replaces the one before it, unless it says otherwise. */
  readonly channels: Readonly<Record<string, readonly (string | ChannelEntry)[]>>;
  /** Packages that every version needs, with ranges of their versions. */
  readonly needs?: Readonly<Record<string, string>>;
}

export interface ChannelEntry {
  readonly version: string;
  /** `null` if it replaces nothing. */
  readonly replaces?: string | null;
  readonly skips?: readonly string[];
  readonly skipRange?: string;
}

export const catalogReference = 'registry.redhat.io/redhat/redhat-operator-index:v4.99';

const configsLabel = { 'operators.operatorframework.io.index.configs.v1': '/configs' };

interface CatalogPlace {
  readonly registry: string;
  readonly layerBytes: number;
  /** Where it lies: `redhat/redhat-operator-index`, unless another is meant. */
  readonly repository?: string | undefined;
}

/**
 * Publishes a file-based catalog of two architectures with the tag `v4.99`, with bundles and related images of every
 * version. Published again with other packages or versions, its tag moves, as the real one's does every few hours.
 */
export async function publishCatalog(
  packages: Packages,
  { registry, layerBytes, repository = 'redhat/redhat-operator-index' }: CatalogPlace,
): Promise<string> {
  const configs: Record<string, string> = {};
  for (const [name, given] of Object.entries(packages)) {
    const {
      defaultChannel,
      channels,
      needs = {},
    }: PackageChannels = 'channels' in given ? given : { defaultChannel: 'stable', channels: { stable: given } };
    const entries = Object.entries(channels).map(([channel, list]) => [channel, list.map(entryOf)] as const);
    const versions = new Set(entries.flatMap(([, list]) => list.map(({ version }) => version)));
    const documents: unknown[] = [
      { schema: 'olm.package', name, defaultChannel },
      ...entries.map(([channel, list]) => ({
        schema: 'olm.channel',
        name: channel,
        package: name,
        entries: channelEntries(name, list),
      })),
    ];
    for (const version of versions) documents.push(await publishBundle(name, version, { registry, layerBytes, needs }));
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
  return pushImage(catalog, { registry, repository, tag: 'v4.99' });
}

function entryOf(entry: string | ChannelEntry): ChannelEntry {
  return typeof entry === 'string' ? { version: entry } : entry;
}

function channelEntries(name: string, entries: readonly ChannelEntry[]) {
  const nameOf = (version: string): string => `${name}.v${version}`;
  return entries.map(
    ({
      version,
      replaces = entries[entries.findIndex((each) => each.version === version) - 1]?.version,
      skips,
      skipRange,
    }) => ({
      name: nameOf(version),
      ...(replaces == null ? {} : { replaces: nameOf(replaces) }),
      ...(skips === undefined ? {} : { skips: skips.map(nameOf) }),
      ...(skipRange === undefined ? {} : { skipRange }),
    }),
  );
}

async function publishBundle(
  name: string,
  version: string,
  {
    registry,
    layerBytes,
    needs,
  }: { registry: string; layerBytes: number; needs: NonNullable<PackageChannels['needs']> },
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
    properties: [
      { type: 'olm.package', value: { packageName: name, version } },
      ...Object.entries(needs).map(([packageName, versionRange]) => ({
        type: 'olm.package.required',
        value: { packageName, versionRange },
      })),
    ],
    relatedImages: [
      { name: '', image: bundle },
      { name: 'operator', image: operator },
    ],
  };
}
