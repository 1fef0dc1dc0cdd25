import { join } from 'node:path';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { contentOf } from '../../../testing/lab/registry-content';
import { describeWith } from '../../../testing/lab/requirements';
import type { Mirrored, World } from '../../../testing/worlds/oc-mirror';
import { digestAt, documentOf, mirror, startWorld } from '../../../testing/worlds/oc-mirror';
import { contentOfArchives } from '../push/chain-content.fixture';
import { silentProgress } from '../system/progress';
import { embeddedEngine } from './embedded/embedded';
import type { EngineVersion, MirrorEngine, UploadResult } from './engine';
import { ocMirrorEngine } from './oc-mirror/oc-mirror';
import type { Capabilities } from './oc-mirror/version';
import { capabilitiesOf } from './oc-mirror/version';
import { withoutMaker } from './resources.fixture';

jest.setTimeout(600_000);

/** Content of a configuration besides channels, filtered catalogs by tag, and images by tag. */
const kinds = [
  {
    name: 'images by digest, and under other names',
    // 4.21 and earlier refuse the names.
    text: (digests: Digests, { additionalImageTargets }: Capabilities) => `
  additionalImages:
    - name: registry.redhat.io/ubi9/ubi@${digests.ubi}
    - name: registry.redhat.io/ubi9/ubi:9.5${
      additionalImageTargets ? '\n      targetRepo: base/images/ubi\n      targetTag: stable' : ''
    }`,
  },
  {
    name: 'a filtered catalog by digest',
    text: (digests: Digests) => `
  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index@${digests.catalog}
      packages:
        - name: web-terminal`,
  },
  {
    name: 'a filtered catalog under other names',
    text: () => `
  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.99
      targetCatalog: ours/catalog
      targetTag: july.2026
      packages:
        - name: cluster-logging
        - name: web-terminal`,
  },
  {
    name: 'a whole catalog',
    text: () => `
  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.99
      full: true`,
  },
] as const;

interface Digests {
  readonly ubi: string;
  readonly catalog: string;
}

describeWith(['oc-mirror', 'docker-registry', 'skopeo'], 'uploaded by both engines', () => {
  let world: World;
  let digests: Digests;
  beforeAll(async () => {
    world = await startWorld({ layerBytes: 64 * 1024 });
    digests = {
      ubi: (await digestAt(world.upstream, 'ubi9/ubi:9.5')) ?? '',
      catalog: (await digestAt(world.upstream, 'redhat/redhat-operator-index:v4.99')) ?? '',
    };
  });
  afterAll(() => world?.close());

  it.each(kinds.map((kind, index) => ({ ...kind, index })))('$name: equal', async ({ text, index }) => {
    const capabilities = capabilitiesOf((await world.version()).version);
    const config = `apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\nmirror:${text(digests, capabilities)}\n`;
    const mirrored = await mirror(world, world.request(index + 1, config, new Map()));
    const [ours, theirs] = [
      await arrivedBy(embeddedEngine, { world, config, mirrored }),
      await arrivedBy(ocMirrorEngine, { world, config, mirrored }),
    ];
    expect(ours.content).toEqual(theirs.content);
    expect(ours.resources).toEqual(theirs.resources);

    // A registry that allows two parts in the path of a repository, one of them the namespace.
    const shallow = { namespace: 'team', maxNestedPaths: 2 };
    const [ourShallow, theirShallow] = [
      await arrivedBy(embeddedEngine, { world, config, mirrored, ...shallow }),
      await arrivedBy(ocMirrorEngine, { world, config, mirrored, ...shallow }),
    ];
    expect(ourShallow.content).toEqual(theirShallow.content);
    expect(ourShallow.resources).toEqual(theirShallow.resources);
  });
});

async function arrivedBy(
  engine: MirrorEngine,
  {
    world,
    config,
    mirrored,
    ...place
  }: { world: World; config: string; mirrored: Mirrored; namespace?: string; maxNestedPaths?: number },
): Promise<{ content: object; resources: object }> {
  const site: DebianRegistry = await startDebianRegistry();
  try {
    const { archives, images } = mirrored.staged;
    const result: UploadResult = await engine.diskToMirror(
      {
        document: documentOf(config),
        archives,
        images,
        chain: await contentOfArchives(archives, images),
        destination: { host: site.host, namespace: '', ...place },
        // For whole catalogs oc-mirror asks the source again, even here.
        registries: { registriesConf: world.lab.registriesConf, hosts: { [site.host]: { insecure: true } } },
        options: world.options,
        folder: join(world.folder, `upload-${site.host.replace(':', '-')}`),
        progress: silentProgress,
        signal: new AbortController().signal,
        env: world.env,
        now: () => new Date(),
      },
      (await engine.probe(world.options, world.env)) as EngineVersion,
    );
    return { content: await contentOf(site), resources: withoutMaker(result.clusterResources, site.host) };
  } finally {
    await site.stop();
  }
}
