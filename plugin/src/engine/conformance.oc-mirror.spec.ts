/**
 * Compares the embedded engine with the real oc-mirror (4.19, 4.20, 4.21 or main) over the lab's upstream: for each
 * configuration both list the same images under the same names, or refuse it. oc-mirror lists in a dry run, the
 * embedded engine in its plan. Each key of the configuration alone, and in pairs. Another spec compares the content of
 * catalogs that both rebuild.
 */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { skopeo } from '../../../testing/lab/debian-registry';
import { describeWith } from '../../../testing/lab/requirements';
import type { World } from '../../../testing/worlds/oc-mirror';
import { startWorld } from '../../../testing/worlds/oc-mirror';
import { isFilterId } from '../catalog/working-dir';
import { isSeqmirrorError } from '../system/errors';
import { runProgram } from '../system/process';
import { embeddedEngine } from './embedded/embedded';
import { ocMirrorEnvironment } from './oc-mirror/environment';
import { parseMapping } from './oc-mirror/mapping';
import { freeLoopbackPort } from './oc-mirror/port';
import type { Capabilities } from './oc-mirror/version';
import { capabilitiesOf } from './oc-mirror/version';

jest.setTimeout(300_000);

const index = 'registry.redhat.io/redhat/redhat-operator-index:v4.99';
const certified = 'registry.redhat.io/redhat/certified-operator-index:v4.99';
const ubi = 'registry.redhat.io/ubi9/ubi';

const additional = (...lines: string[]) => ['  additionalImages:', ...lines.map((line) => `    - ${line}`)];
const platform = (...lines: string[]) => ['  platform:', ...lines.map((line) => `    ${line}`)];
const channels = (...lines: string[]) => ['channels:', ...lines.map((line) => `  - ${line}`)];
const operators = (...lines: string[]) => ['  operators:', ...lines.map((line) => `    - ${line}`)];
const packages = (...lines: string[]) =>
  operators(`catalog: ${index}`, ...[]).concat('      packages:', ...lines.map((line) => `        - ${line}`));

interface Digests {
  readonly ubi: string;
  readonly index: string;
  readonly release: string;
  /** A folder with the catalog as an OCI layout. */
  readonly layout: string;
}

/** Lines below `mirror:`, by their subject. */
const configurations: Readonly<Record<string, (digests: Digests) => readonly string[]>> = {
  'an image by tag': () => additional(`name: ${ubi}:9.5`),
  'an image by digest': ({ ubi: digest }) => additional(`name: ${ubi}@${digest}`),
  'an image by tag and digest': ({ ubi: digest }) => additional(`name: ${ubi}:9.5@${digest}`),
  'an image with docker://': () => additional(`name: docker://${ubi}:9.5`),
  'two images, one of them blocked': () => [
    ...additional(`name: ${ubi}:9.5`, 'name: quay.io/platform/app:1.0'),
    '  blockedImages:',
    '    - name: platform/app',
  ],
  'all images blocked': () => [...additional(`name: ${ubi}:9.5`), '  blockedImages:', '    - name: ubi9'],
  'a target repository and tag': () => additional(`{ name: "${ubi}:9.5", targetRepo: a/b, targetTag: c }`),

  'a channel: its newest release': () => platform(...channels('name: stable-4.99')),
  'a channel that has nothing': () => platform(...channels('name: stable-4.1')),
  'a range of releases': () => platform(...channels('{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.1 }')),
  'one release by range': () => platform(...channels('{ name: stable-4.99, minVersion: 4.99.1, maxVersion: 4.99.1 }')),
  'releases from a version on': () => platform(...channels('{ name: stable-4.99, minVersion: 4.99.1 }')),
  'releases up to a version': () => platform(...channels('{ name: stable-4.99, maxVersion: 4.99.1 }')),
  'the shortest path': () =>
    platform(...channels('{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.2, shortestPath: true }')),
  'a whole channel': () => platform(...channels('{ name: stable-4.99, full: true }')),
  'a release that is not in the channel': () =>
    platform(...channels('{ name: stable-4.99, minVersion: 4.99.7, maxVersion: 4.99.7 }')),
  'two channels': () => platform(...channels('name: stable-4.98', 'name: stable-4.99')),
  'two channels with ranges': () =>
    platform(
      ...channels(
        '{ name: stable-4.98, minVersion: 4.98.0, maxVersion: 4.98.0 }',
        '{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.1 }',
      ),
    ),
  'architecture amd64': () => platform('architectures: [amd64]', ...channels('name: stable-4.99')),
  'a release by digest': ({ release }) => platform(`release: quay.io/openshift-release-dev/ocp-release@${release}`),
  'a release by tag': () => platform('release: quay.io/openshift-release-dev/ocp-release:4.99.0-x86_64'),
  'a release by tag, beside a channel': () =>
    platform('release: quay.io/openshift-release-dev/ocp-release:4.99.0-x86_64', ...channels('name: stable-4.99')),
  'a release that does not exist': () => platform('release: quay.io/openshift-release-dev/ocp-release:4.99.9-x86_64'),
  'a release and an image': () => [...platform(...channels('name: stable-4.99')), ...additional(`name: ${ubi}:9.5`)],
  'a release with a blocked component': () => [
    ...platform(...channels('{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.0 }')),
    '  blockedImages:',
    '    - name: ocp-v4.0-art-dev',
  ],

  'the heads of a catalog': () => operators(`catalog: ${index}`),
  'a whole catalog': () => operators(`{ catalog: "${index}", full: true }`),
  'a catalog by digest': ({ index: digest }) =>
    operators(`{ catalog: "${index.replace(/:v4.99$/, '')}@${digest}", packages: [{ name: web-terminal }] }`),
  'a package': () => packages('name: web-terminal'),
  'two packages': () => packages('name: web-terminal', 'name: cluster-logging'),
  'a package that does not exist': () => packages('name: nobody'),
  'a package that does not exist beside one that does': () => packages('name: nobody', 'name: web-terminal'),
  'a package of several channels': () => packages('name: quay-operator'),
  'the default channel': () => packages('{ name: quay-operator, channels: [{ name: stable-3.10 }] }'),
  'another channel than the default': () => packages('{ name: quay-operator, channels: [{ name: stable-3.9 }] }'),
  'another channel, made the default': () =>
    packages('{ name: quay-operator, defaultChannel: stable-3.9, channels: [{ name: stable-3.9 }] }'),
  'two channels of a package': () =>
    packages('{ name: quay-operator, channels: [{ name: stable-3.9 }, { name: stable-3.10 }] }'),
  'a channel that does not exist': () => packages('{ name: quay-operator, channels: [{ name: nobody }] }'),
  'a default channel that does not exist': () => packages('{ name: quay-operator, defaultChannel: nobody }'),
  'a package from a version on': () => packages('{ name: cluster-logging, minVersion: 6.1.0 }'),
  'a package up to a version': () => packages('{ name: cluster-logging, maxVersion: 6.1.0 }'),
  'a range of a package': () => packages('{ name: cluster-logging, minVersion: 6.0.0, maxVersion: 6.1.0 }'),
  'one version of a package': () => packages('{ name: cluster-logging, minVersion: 6.1.0, maxVersion: 6.1.0 }'),
  'a range that is empty': () => packages('{ name: cluster-logging, minVersion: 7.0.0, maxVersion: 7.1.0 }'),
  'a range the wrong way round': () => packages('{ name: cluster-logging, minVersion: 6.2.0, maxVersion: 6.0.0 }'),
  'a range of a package with several channels': () =>
    packages('{ name: quay-operator, minVersion: 3.9.0, maxVersion: 3.9.1 }'),
  'a channel from a version on': () =>
    packages('{ name: quay-operator, channels: [{ name: stable-3.10, minVersion: 3.10.1 }] }'),
  'a range of a channel': () =>
    packages('{ name: quay-operator, channels: [{ name: stable-3.10, minVersion: 3.10.0, maxVersion: 3.10.1 }] }'),
  'ranges of two channels': () =>
    packages(
      '{ name: quay-operator, channels: [{ name: stable-3.9, maxVersion: 3.9.0 }, { name: stable-3.10, minVersion: 3.10.1 }] }',
    ),
  'ranges of package and channel': () =>
    packages('{ name: quay-operator, minVersion: 3.9.0, channels: [{ name: stable-3.10, minVersion: 3.10.1 }] }'),
  'all of a package': () => operators(`{ catalog: "${index}", full: true, packages: [{ name: quay-operator }] }`),
  'all of two packages': () =>
    operators(`{ catalog: "${index}", full: true, packages: [{ name: quay-operator }, { name: web-terminal }] }`),
  'all of a channel': () =>
    operators(
      `{ catalog: "${index}", full: true, packages: [{ name: quay-operator, channels: [{ name: stable-3.10 }] }] }`,
    ),
  'all of a package with a range': () =>
    operators(`{ catalog: "${index}", full: true, packages: [{ name: quay-operator, minVersion: 3.10.0 }] }`),
  'entries that skip others': () => packages('name: gpu-operator'),
  'a range over entries that are skipped': () =>
    packages('{ name: gpu-operator, minVersion: 1.0.0, maxVersion: 1.2.0 }'),
  'versions that are pre-releases': () =>
    packages('{ name: tempo-operator, minVersion: 0.1.0-1, maxVersion: 0.3.0-1 }'),
  'short versions': () => packages('{ name: cluster-logging, minVersion: "6.0", maxVersion: "6.1" }'),
  'a target catalog': () =>
    operators(`{ catalog: "${index}", targetCatalog: ours/index, packages: [{ name: web-terminal }] }`),
  'a target tag': () => operators(`{ catalog: "${index}", targetTag: july, packages: [{ name: web-terminal }] }`),
  'a target catalog and tag of a whole catalog': () =>
    operators(`{ catalog: "${index}", full: true, targetCatalog: ours/index, targetTag: july }`),
  'two catalogs': () =>
    operators(
      `{ catalog: "${index}", packages: [{ name: web-terminal }] }`,
      `{ catalog: "${certified}", packages: [{ name: vendor-operator }] }`,
    ),
  'two catalogs under one name': () =>
    operators(
      `{ catalog: "${index}", targetCatalog: ours, packages: [{ name: web-terminal }] }`,
      `{ catalog: "${certified}", targetCatalog: ours, packages: [{ name: vendor-operator }] }`,
    ),
  'a catalog that does not exist': () => operators('catalog: registry.redhat.io/redhat/nothing:v4.99'),
  skipDependencies: () =>
    operators(`{ catalog: "${index}", skipDependencies: true, packages: [{ name: web-terminal }] }`),
  'a blocked related image': () => [
    ...packages('name: web-terminal'),
    '  blockedImages:',
    '    - name: web-terminal-operator',
  ],
  'a blocked bundle': () => [...packages('name: web-terminal'), '  blockedImages:', '    - name: web-terminal-bundle'],

  // As oc-mirror's documentation has them (README.md, docs/image-set-examples, docs/features, docs/okd-mirror.md,
  // .agents/commands), with the lab's releases, packages and images. Charts: charts.oc-mirror.spec.ts. `graph: true`:
  // releases.oc-mirror.spec.ts, since oc-mirror builds no graph image where another update service is named. Images of
  // Docker Hub without a registry's name (`hello-world:latest`) have none here.
  'documented: a channel of OKD': () => platform(...channels('{ name: 4-stable, type: okd }')),
  'documented: a release of OKD': () =>
    platform(
      'graph: false',
      ...channels('{ name: 4-stable, minVersion: 4.18.0-okd-scos.8, maxVersion: 4.18.0-okd-scos.8, type: okd }'),
    ),
  'documented: OKD beside OpenShift': () => platform(...channels('{ name: 4-stable, type: okd }', 'name: stable-4.99')),
  'documented: all architectures': () =>
    platform('architectures: [amd64, arm64, ppc64le, s390x, multi]', ...channels('name: stable-4.99')),
  'documented: two architectures and a range': () =>
    platform(
      'architectures: [amd64, arm64]',
      ...channels('{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.2 }'),
    ),
  'documented: several packages': () => packages('name: web-terminal', 'name: cluster-logging', 'name: gpu-operator'),
  'documented: a catalog under another name and tag': () =>
    operators(`{ catalog: "${index}", targetCatalog: my-namespace/my-operator-index, targetTag: latest }`),
  'documented: a catalog on disk': ({ layout }) => operators(`catalog: oci://${layout}`),
  'documented: packages of a catalog on disk': ({ layout }) =>
    operators(`{ catalog: "oci://${layout}", packages: [{ name: web-terminal }] }`),
  'documented: images by tag and by digest': ({ ubi: digest }) =>
    additional('name: quay.io/platform/app:1.0', `name: ${ubi}@${digest}`),
  'documented: patterns of blocked images': () => [
    ...additional(`name: ${ubi}:9.5`, 'name: quay.io/platform/app:1.0'),
    '  blockedImages:',
    '    - name: ".*blocked-image.*"',
    '    - name: "quay.io/platform/.*"',
  ],
  'documented: a release, packages and images': ({ ubi: digest }) => [
    ...platform(...channels('{ name: stable-4.99, minVersion: 4.99.1, maxVersion: 4.99.1 }')),
    ...packages('name: web-terminal', 'name: quay-operator', 'name: cluster-logging'),
    ...additional(`name: ${ubi}:9.5`, `name: ${ubi}@${digest}`),
  ],
  'documented: an architecture, a release, a channel of a package and an image': () => [
    ...platform(
      'architectures: ["amd64"]',
      ...channels('{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.2 }'),
    ),
    ...packages('{ name: quay-operator, channels: [{ name: stable-3.10 }] }'),
    ...additional(`name: ${ubi}:9.5`),
  ],

  'a release, a package and an image': () => [
    ...platform(...channels('{ name: stable-4.99, minVersion: 4.99.0, maxVersion: 4.99.0 }')),
    ...packages('name: web-terminal'),
    ...additional(`name: ${ubi}:9.5`),
  ],
};

/** Where releases of OKD lie. */
const okd = (version: string) => ({ repository: 'okd/scos-release', tag: version });

type Listing = { readonly images: readonly string[] } | { readonly refused: true };

describeWith(['oc-mirror', 'docker-registry', 'skopeo'], 'the embedded engine and oc-mirror', () => {
  let world: World;
  let digests: Digests;
  let capabilities: Capabilities;
  beforeAll(async () => {
    world = await startWorld({ layerBytes: 1024 });
    const { lab } = world;
    const components = { etcd: 1, console: 1 };
    const { digest: release } = await lab.publishRelease('4.99.0', components, ['stable-4.99']);
    await lab.publishRelease('4.99.1', { ...components, etcd: 2 }, ['stable-4.99']);
    await lab.publishRelease('4.99.2', { ...components, etcd: 3 }, ['stable-4.99']);
    await lab.publishRelease('4.98.0', { ...components, dns: 1 }, ['stable-4.98', 'stable-4.99']);
    const catalog = await lab.publishCatalog({
      'web-terminal': ['1.0.0', '1.1.0'],
      'cluster-logging': ['6.0.0', '6.1.0', '6.2.0'],
      'quay-operator': {
        defaultChannel: 'stable-3.10',
        channels: { 'stable-3.9': ['3.9.0', '3.9.1'], 'stable-3.10': ['3.9.1', '3.10.0', '3.10.1', '3.10.2'] },
      },
      'gpu-operator': {
        defaultChannel: 'stable',
        channels: {
          stable: [
            '1.0.0',
            { version: '1.1.0', replaces: null, skips: ['1.0.0'], skipRange: '<1.1.0' },
            { version: '1.2.0', replaces: '1.1.0', skips: ['1.0.0'] },
          ],
        },
      },
      'tempo-operator': ['0.1.0-1', '0.2.0-2', '0.3.0-1'],
    });
    await lab.publishCatalog({ 'vendor-operator': ['2.0.0', '2.1.0'] }, 'redhat/certified-operator-index');
    await lab.publishImage('platform/app', '1.0', 'app 1.0');
    await lab.publishRelease('4.18.0-okd-scos.8', components, ['4-stable'], okd('4.18.0-okd-scos.8'));
    await lab.publishRelease('4.18.0-okd-scos.9', components, ['4-stable'], okd('4.18.0-okd-scos.9'));
    const layout = join(world.folder, 'catalog');
    await skopeo([
      ...['copy', '--all', '--src-tls-verify=false'],
      ...[`docker://${world.upstream.host}/redhat/redhat-operator-index:v4.99`, `oci:${layout}`],
    ]);
    digests = { ubi: await lab.publishImage('ubi9/ubi', '9.5', 'ubi 9.5'), index: catalog, release, layout };
    capabilities = capabilitiesOf((await world.version()).version);
  });
  afterAll(() => world?.close());

  it.each(Object.keys(configurations).map((name) => ({ name })))('$name', async ({ name }) => {
    const text = ['apiVersion: mirror.openshift.io/v2alpha1', 'kind: ImageSetConfiguration', 'mirror:']
      .concat(configurations[name]?.(digests) ?? [], '')
      .join('\n');
    const [theirs, ours] = await Promise.all([byOcMirror(text), byEmbedded(text)]);
    if (/targetRepo/.test(text) && !capabilities.additionalImageTargets) expect(theirs).toEqual({ refused: true });
    else expect(ours).toEqual(theirs);
  });

  /** The graph of OKD has one address, to which the lab's proxy leads. */
  function envFor(text: string): NodeJS.ProcessEnv {
    return text.includes('okd') ? { ...world.env, ...world.lab.envWithOkd } : world.env;
  }

  async function byEmbedded(text: string): Promise<Listing> {
    const version = { engine: 'embedded', version: 'embedded 0.0.0', found: 'built in' } as const;
    try {
      const request = { ...world.request(1, text, new Map()), env: envFor(text) };
      const { images } = await embeddedEngine.plan(request, version);
      return listing(images.filter(({ attachedTo }) => attachedTo === undefined));
    } catch (error) {
      if (isSeqmirrorError(error)) return { refused: true };
      throw error;
    }
  }

  async function byOcMirror(text: string): Promise<Listing> {
    const folder = await mkdtemp(join(world.folder, 'dry-'));
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'isc.yaml'), text);
    const port = await freeLoopbackPort();
    const { exitCode } = await runProgram(
      world.options.ocMirrorBinary as string,
      [
        ...['--v2', '--dry-run', '--config=isc.yaml', `--cache-dir=${join(folder, 'cache')}`, `--port=${port}`],
        ...['--src-tls-verify=false', '--retry-times=0', '--remove-signatures=true', 'file://out'],
      ],
      {
        cwd: folder,
        env: { ...ocMirrorEnvironment(envFor(text), { port }), CONTAINERS_REGISTRIES_CONF: world.lab.registriesConf },
      },
    );
    if (exitCode !== 0) return { refused: true };
    const mapping = await readFile(join(folder, 'out', 'working-dir', 'dry-run', 'mapping.txt'), 'utf8');
    return listing(parseMapping(mapping, () => undefined));
  }
});

/** By repository and tag; the tag of a rebuilt catalog says nothing about its content. */
function listing(images: readonly { source: string; repository: string; tag: string }[]): Listing {
  const lines = images
    .filter(({ tag }) => !isFilterId(tag))
    .map(
      ({ source, repository, tag }) =>
        `${source.replace(/^docker:\/\//, '').replace(/[:@].*$/, '')} ${repository}:${tag}`,
    );
  return { images: [...new Set(lines)].sort() };
}
