import { join } from 'node:path';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { contentOf } from '../../../testing/lab/registry-content';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import type { Mirrored, World } from '../../../testing/worlds/oc-mirror';
import {
  documentOf,
  imageSetText,
  minorVersionOf,
  mirror,
  startWorld,
  withBlobs,
} from '../../../testing/worlds/oc-mirror';
import type { BlobSet } from '../oci/blob';
import type { MirroredImage } from '../oci/image';
import { contentOfArchives } from '../push/chain-content.fixture';
import { identityOf } from '../sequence/images';
import { silentProgress } from '../system/progress';
import { embeddedEngine } from './embedded/embedded';
import type { DiskToMirror, EngineVersion, MirrorEngine, UploadResult } from './engine';
import { ocMirrorEngine } from './oc-mirror/oc-mirror';
import { withoutMaker } from './resources.fixture';

jest.setTimeout(600_000);

const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
const texts = [
  imageSetText({}),
  imageSetText({ packages: ['web-terminal'] }),
  imageSetText({ packages: ['web-terminal', 'cluster-logging'] }),
  imageSetText({ packages: ['web-terminal', 'cluster-logging'], images: [ubi] }),
  imageSetText({ packages: ['web-terminal', 'cluster-logging'], images: [ubi] }),
];

const makers = [
  { name: 'with oc-mirror', engineOf: () => ocMirrorEngine },
  { name: 'with the embedded engine', engineOf: () => embeddedEngine },
  { name: 'with both in turn', engineOf: (index: number) => (index % 2 === 0 ? ocMirrorEngine : embeddedEngine) },
];

// oc-mirror before 4.20 leaves the rest of a longer file behind a shorter one of its name, so that it cannot read one
// filtered catalog as two engines wrote it (docs/operators.md).
const program = programPath('oc-mirror');
const minor = program === undefined ? Infinity : minorVersionOf(program);

for (const { name, engineOf } of makers.filter(({ name }) => minor >= 20 || name !== 'with both in turn'))
  describeWith(
    ['oc-mirror', 'docker-registry', 'skopeo'],
    `a chain of five sequences ${name}, uploaded by the embedded engine and by the real oc-mirror`,
    () => {
      let world: World;
      const sites = new Map<MirrorEngine, DebianRegistry>();
      const steps: Mirrored[] = [];
      const results = new Map<MirrorEngine, UploadResult[]>();

      const uploadStep = async (engine: MirrorEngine, index: number): Promise<UploadResult> => {
        const site = sites.get(engine) as DebianRegistry;
        const nowhere = 'http://127.0.0.1:1';
        const before = steps.slice(0, index + 1).map(({ staged }) => staged);
        const archives = before.flatMap((staged) => staged.archives);
        const request: DiskToMirror = {
          document: documentOf(texts[index] as string),
          archives,
          images: steps[index]?.staged.images ?? [],
          chain: await contentOfArchives(
            archives,
            before.flatMap(({ images }) => images),
          ),
          destination: { host: site.host, namespace: 'mirror/ocp' },
          registries: { hosts: { [site.host]: { insecure: true } } },
          options: world.options,
          folder: join(world.folder, `upload-${engine.name}`),
          progress: silentProgress,
          signal: new AbortController().signal,
          env: {
            ...process.env,
            ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: '127.0.0.1,localhost' },
            CONTAINERS_REGISTRIES_CONF: '/dev/null',
            OCP_SIGNATURE_VERIFICATION_PK: world.lab.env['OCP_SIGNATURE_VERIFICATION_PK'],
          },
          now: () => new Date(),
        };
        return engine.diskToMirror(request, (await engine.probe(world.options, world.env)) as EngineVersion);
      };

      beforeAll(async () => {
        world = await startWorld({ layerBytes: 1024 * 1024 });
        let base: BlobSet = new Map();
        // The embedded engine leaves out their links, oc-mirror takes all that its cache has.
        let before = new Set<string>();
        for (const [index, text] of texts.entries()) {
          if (index === 4) {
            const components = { etcd: 1, console: 2, dns: 1, 'machine-config-operator': 2 };
            await world.lab.publishRelease('4.99.1', components);
          }
          const linked = before;
          const request = {
            ...world.request(index + 1, text, base),
            linksInBase: (image: MirroredImage) => linked.has(identityOf(image)),
          };
          const step = await mirror(world, request, engineOf(index));
          steps.push(step);
          before = new Set(step.staged.images.map(identityOf));
          base = withBlobs(base, step.verified.blobs);
        }
        for (const engine of [embeddedEngine, ocMirrorEngine]) {
          sites.set(engine, await startDebianRegistry());
          const all: UploadResult[] = [];
          for (const index of steps.keys()) all.push(await uploadStep(engine, index));
          results.set(engine, all);
        }
      });
      afterAll(async () => {
        for (const site of sites.values()) await site.stop();
        await world?.close();
      });

      it('leaves out links where the embedded engine follows another sequence', () => {
        const followers = [...steps.keys()].filter((index) => index > 0 && engineOf(index) === embeddedEngine);
        expect(steps.flatMap(({ staged }, index) => (staged.linksLeftOut ? [index] : []))).toEqual(followers);
      });

      it('has the same tags and digests in both registries, byte for byte according to skopeo', async () => {
        const [embedded, real] = [...sites.values()].map((site) => contentOf(site)) as [never, never];
        expect(withoutSignaturesBefore21(await embedded)).toEqual(withoutSignaturesBefore21(await real));
      });

      it('has the same cluster resources, except for their maker and time', () => {
        const ours = results
          .get(embeddedEngine)
          ?.map(({ clusterResources }) => withoutMaker(clusterResources, sites.get(embeddedEngine)?.host ?? ''));
        const theirs = results
          .get(ocMirrorEngine)
          ?.map(({ clusterResources }) => withoutMaker(clusterResources, sites.get(ocMirrorEngine)?.host ?? ''));
        expect(ours).toEqual(theirs);
      });

      it('finds everything there when the last sequence is uploaded again', async () => {
        const again = await uploadStep(embeddedEngine, 4);
        expect(again.unchanged).toBe(again.images);
        expect(again.blobs).toMatchObject({ uploaded: { count: 0 }, mounted: { count: 0 }, there: { count: 0 } });
      });
    },
  );

/** 4.19 and 4.20 leave signatures out by default. */
function withoutSignaturesBefore21(content: Record<string, string>): Record<string, string> {
  if (minor >= 21) return content;
  return Object.fromEntries(Object.entries(content).filter(([name]) => !name.endsWith('.sig')));
}
