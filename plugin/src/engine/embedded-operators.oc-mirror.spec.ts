import { join } from 'node:path';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { contentOf } from '../../../testing/lab/registry-content';
import { describeWith } from '../../../testing/lab/requirements';
import type { World } from '../../../testing/worlds/oc-mirror';
import { digestAt, documentOf, startWorld } from '../../../testing/worlds/oc-mirror';
import { contentOfArchives } from '../push/chain-content.fixture';
import { silentProgress } from '../system/progress';
import { embeddedEngine } from './embedded/embedded';
import type { EngineVersion, MirrorEngine, StagedArchives } from './engine';
import { ocMirrorEngine } from './oc-mirror/oc-mirror';
import { withoutMaker } from './resources.fixture';

jest.setTimeout(600_000);

const index = 'registry.redhat.io/redhat/redhat-operator-index';
const kinds = [
  {
    name: 'heads',
    text: () => `    - catalog: ${index}:v4.99\n      packages: [{name: web-terminal}, {name: quay-operator}]`,
  },
  {
    name: 'a range',
    text: () => `    - catalog: ${index}:v4.99\n      packages: [{name: web-terminal, minVersion: 1.0.0}]`,
  },
  {
    name: 'by digest',
    text: (digest: string) => `    - catalog: ${index}@${digest}\n      packages: [{name: web-terminal}]`,
  },
  {
    name: 'under other names',
    text: () =>
      `    - catalog: ${index}:v4.99\n      targetCatalog: ours/catalog\n      targetTag: july.2026\n      packages: [{name: web-terminal}]`,
  },
  { name: 'all heads', text: () => `    - catalog: ${index}:v4.99` },
];

describeWith(['oc-mirror', 'docker-registry', 'skopeo'], 'operators mirrored by the embedded engine', () => {
  let world: World;
  let digest: string;
  beforeAll(async () => {
    world = await startWorld({ layerBytes: 64 * 1024 });
    digest = (await digestAt(world.upstream, 'redhat/redhat-operator-index:v4.99')) ?? '';
  });
  afterAll(() => world?.close());

  it.each(kinds.map((kind, sequence) => ({ ...kind, sequence })))(
    'arrive with both engines: $name',
    async ({ text, sequence }) => {
      const config = `apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\nmirror:\n  operators:\n${text(digest)}\n`;
      const request = world.request(sequence + 1, config, new Map());
      const version = (await embeddedEngine.probe(world.options, world.env)) as EngineVersion;
      const staged = await embeddedEngine.mirrorToDisk(request, version);
      const [ours, theirs] = [
        await arrivedBy(embeddedEngine, { world, config, staged }),
        await arrivedBy(ocMirrorEngine, { world, config, staged }),
      ];
      expect(ours.content).toEqual(theirs.content);
      expect(ours.resources).toEqual(theirs.resources);
    },
  );

  it.each(['its own', 'the pinned'])(
    'arrive with what they need by both engines, by %s configuration',
    async (which) => {
      const needy = 'registry.redhat.io/redhat/needy-index';
      await world.lab.publishCatalog(
        {
          app: { defaultChannel: 'stable', channels: { stable: ['1.0.0'] }, needs: { lib: '<2.0.0' } },
          lib: {
            defaultChannel: 'stable',
            channels: { stable: ['1.0.0', '1.1.0', '2.0.0'] },
            needs: { base: '>=1.0.0' },
          },
          base: ['1.0.0'],
          other: ['1.0.0'],
        },
        'redhat/needy-index',
      );
      const config = `apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\nmirror:\n  operators:\n    - catalog: ${needy}:v4.99\n      packages: [{name: app}]\n`;
      const request = world.request(which === 'its own' ? 20 : 21, config, new Map());
      const version = (await embeddedEngine.probe(world.options, world.env)) as EngineVersion;
      const staged = await embeddedEngine.mirrorToDisk({ ...request, resolveDependencies: true }, version);
      expect(staged.provenance.operators).toEqual([
        {
          catalog: `${needy}:v4.99`,
          heads: [
            { package: 'app', channel: 'stable', version: '1.0.0' },
            { package: 'base', channel: 'stable', version: '1.0.0' },
            { package: 'lib', channel: 'stable', version: '1.1.0' },
          ],
          dependencies: ['base 1.0.0 (stable), needed by lib.v1.1.0', 'lib 1.1.0 (stable), needed by app.v1.0.0'],
        },
      ]);
      const pinnedConfig = which === 'its own' ? undefined : staged.pinnedConfig;
      const [ours, theirs] = [
        await arrivedBy(embeddedEngine, { world, config, pinnedConfig, staged }),
        await arrivedBy(ocMirrorEngine, { world, config, pinnedConfig, staged }),
      ];
      expect(ours.content).toEqual(theirs.content);
      expect(ours.resources).toEqual(theirs.resources);
      const repositories = Object.keys(ours.content).map((place) => place.split('/', 1)[0]);
      expect([...new Set(repositories)].sort()).toEqual(['app', 'base', 'lib', 'redhat']);
    },
  );
});

async function arrivedBy(
  engine: MirrorEngine,
  {
    world,
    config,
    pinnedConfig,
    staged: { archives, images },
  }: { world: World; config: string; pinnedConfig?: string | undefined; staged: StagedArchives },
): Promise<{ content: object; resources: object }> {
  const site: DebianRegistry = await startDebianRegistry();
  try {
    const result = await engine.diskToMirror(
      {
        document: documentOf(config),
        pinnedConfig,
        archives,
        images,
        chain: await contentOfArchives(archives, images),
        destination: { host: site.host, namespace: '' },
        registries: { hosts: { [site.host]: { insecure: true } } },
        options: world.options,
        folder: join(world.folder, `upload-${site.host.replace(':', '-')}`),
        progress: silentProgress,
        signal: new AbortController().signal,
        // No source can be reached: the archives contain everything that oc-mirror needs.
        env: {
          ...world.env,
          HTTPS_PROXY: 'http://127.0.0.1:1',
          HTTP_PROXY: 'http://127.0.0.1:1',
          NO_PROXY: 'localhost,127.0.0.1',
        },
        now: () => new Date(),
      },
      (await engine.probe(world.options, world.env)) as EngineVersion,
    );
    return { content: await contentOf(site), resources: withoutMaker(result.clusterResources, site.host) };
  } finally {
    await site.stop();
  }
}
