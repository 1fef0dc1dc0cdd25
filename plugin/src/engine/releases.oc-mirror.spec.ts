import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { contentOf } from '../../../testing/lab/registry-content';
import { describeWith } from '../../../testing/lab/requirements';
import type { World } from '../../../testing/worlds/oc-mirror';
import { documentOf, imageSetText, startWorld, upload } from '../../../testing/worlds/oc-mirror';
import { readArchiveIndex } from '../archive/archive-index';
import { neededByDiskToMirror } from '../archive/needed-by-disk-to-mirror';
import { filesIn } from '../archive/working-dir';
import { embeddedEngine } from './embedded/embedded';
import type { EngineVersion, MirrorEngine, StagedArchives } from './engine';
import { ocMirrorEngine } from './oc-mirror/oc-mirror';

jest.setTimeout(600_000);

const usual = imageSetText({});
const cases = [
  { name: 'the newest release of a channel', text: usual },
  { name: 'a range', text: `${usual}        minVersion: 4.99.0\n        maxVersion: 4.99.1\n` },
  {
    // If two channels have the same lowest or highest release, oc-mirror takes either, and may never stop walking.
    name: 'two channels',
    text: `${usual}        minVersion: 4.99.1\n      - name: stable-4.98\n        maxVersion: 4.99.0\n        minVersion: 4.99.0\n`,
  },
  {
    name: 'one release by its tag',
    text: usual.replace(/ {4}channels:[^]*/, '    release: quay.io/openshift-release-dev/ocp-release:4.99.0-x86_64\n'),
  },
];

describeWith(
  ['oc-mirror', 'gpg', 'docker-registry', 'skopeo'],
  'releases by the embedded engine and by the real oc-mirror',
  () => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld({ layerBytes: 64 * 1024 });
      await world.lab.publishRelease('4.99.1', { etcd: 1, console: 2, dns: 1, 'machine-config-operator': 1 });
    });
    afterAll(() => world?.close());

    const mirror = async (engine: MirrorEngine, number: number, text: string): Promise<StagedArchives> => {
      const request = world.request(number, text, new Map());
      if (engine === ocMirrorEngine) return engine.mirrorToDisk(request, await world.version());
      const env = { ...process.env, ...world.lab.env };
      return engine.mirrorToDisk({ ...request, env }, (await engine.probe(world.options, env)) as EngineVersion);
    };

    describe.each(cases.map((each, index) => ({ ...each, index })))('$name', ({ text, index }) => {
      let ours: StagedArchives;
      let theirs: StagedArchives;
      beforeAll(async () => {
        theirs = await mirror(ocMirrorEngine, 2 * index + 1, text);
        ours = await mirror(embeddedEngine, 2 * index + 2, text);
      });

      it('give the same images, and the same pinned configuration', () => {
        expect(imagesOf(ours)).toEqual(imagesOf(theirs));
        expect(ours.pinnedConfig).toBe(theirs.pinnedConfig);
      });

      it('have in the archive everything that disk-to-mirror reads, byte for byte', async () => {
        const document = documentOf(text);
        const needed = (await workingDirOf(theirs)).filter(([name]) => neededByDiskToMirror(name, document));
        // Except oc-mirror's own version, which it only reads for a warning.
        expect(await workingDirOf(ours)).toEqual(needed.filter(([name]) => !name.includes('/internal/')));
      });

      it('are uploaded by oc-mirror from an empty cache, without a network', async () => {
        const sites: DebianRegistry[] = [];
        try {
          for (const [name, { archives, pinnedConfig }] of Object.entries({ ours, theirs })) {
            const to = await startDebianRegistry();
            sites.push(to);
            const site = `cache-${name}-${index}`;
            const { exitCode, stdout } = await upload(world, { archives, config: pinnedConfig, to, site });
            expect({ name, exitCode, errors: errorsIn(stdout) }).toEqual({ name, exitCode: 0, errors: [] });
          }
          const [mine, its] = await Promise.all(sites.map((site) => contentOf(site)));
          expect(mine).toEqual(its);
        } finally {
          for (const site of sites) await site.stop();
        }
      });
    });

    it('with their update graph are uploaded too, although oc-mirror does not build it if another update service is named', async () => {
      await world.lab.publishImage('ubi9/ubi', 'latest', 'ubi 9');
      const text = usual.replace('  platform:\n', '  platform:\n    graph: true\n');
      const { archives, pinnedConfig, images } = await mirror(embeddedEngine, 100, text);
      const to = await startDebianRegistry();
      try {
        const { exitCode, stdout } = await upload(world, { archives, config: pinnedConfig, to, site: 'cache-graph' });
        expect({ exitCode, errors: errorsIn(stdout) }).toEqual({ exitCode: 0, errors: [] });
        const graph = images.find(({ repository }) => repository === 'openshift/graph-image');
        expect(await contentOf(to)).toMatchObject({ 'openshift/graph-image:latest': graph?.digest });
      } finally {
        await to.stop();
      }
    });
  },
);

function errorsIn(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line.includes('[ERROR]'));
}

function imagesOf({ images }: StagedArchives): string[] {
  // oc-mirror up to 4.20 leaves cosign's signatures out.
  return images
    .filter(({ attachedTo }) => attachedTo === undefined)
    .map(({ kind, source, digest, repository, tag }) => [kind, source, digest, `${repository}:${tag}`].join(' '))
    .sort();
}

async function workingDirOf({ archives }: StagedArchives): Promise<[name: string, content: string | undefined][]> {
  const files: [string, string | undefined][] = [];
  for (const archive of archives) {
    for (const file of filesIn(await readArchiveIndex(archive))) {
      const content = await file.read({ limit: 1024 ** 2 });
      files.push([file.name, content?.toString('base64')]);
    }
  }
  return files.sort(([a], [b]) => (a < b ? -1 : 1));
}
