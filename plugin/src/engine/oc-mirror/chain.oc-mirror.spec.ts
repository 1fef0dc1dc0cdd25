import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianRegistry } from '../../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../../testing/lab/debian-registry';
import { describeWith } from '../../../../testing/lab/requirements';
import type { Mirrored, World } from '../../../../testing/worlds/oc-mirror';
import {
  digestAt,
  imageSetText,
  lackingIn,
  mirror,
  startWorld,
  sum,
  upload,
  withBlobs,
} from '../../../../testing/worlds/oc-mirror';
import type { BlobSet } from '../../oci/blob';
import type { MirrorPlan } from '../engine';
import { ocMirrorEngine } from './oc-mirror';
import { capabilitiesOf } from './version';

jest.setTimeout(240_000);

const madeBytes = 250_000;
const ubi = 'registry.redhat.io/ubi9/ubi:9.5';

const texts = [
  imageSetText({}),
  imageSetText({ packages: ['web-terminal'] }),
  imageSetText({ packages: ['web-terminal', 'cluster-logging'] }),
  imageSetText({ packages: ['web-terminal', 'cluster-logging'], images: [ubi] }),
  imageSetText({ packages: ['web-terminal', 'cluster-logging'], images: [ubi] }),
];

describeWith(['oc-mirror', 'docker-registry'], 'a chain of five sequences by the real oc-mirror', () => {
  let world: World;
  let site: DebianRegistry;
  const steps: Mirrored[] = [];
  const plans: MirrorPlan[] = [];
  const bases: BlobSet[] = [];

  beforeAll(async () => {
    world = await startWorld({ layerBytes: 2 * 1024 * 1024 });
    site = await startDebianRegistry();
    let base: BlobSet = new Map();
    for (const [index, text] of texts.entries()) {
      if (index === 4) {
        const components = { etcd: 1, console: 2, dns: 1, 'machine-config-operator': 2 };
        await world.lab.publishRelease('4.99.1', components);
      }
      bases.push(base);
      plans.push(await ocMirrorEngine.plan(world.request(index + 1, text, base), await world.version()));
      const step = await mirror(world, world.request(index + 1, text, base));
      steps.push(step);
      base = withBlobs(base, step.verified.blobs);
    }
  });

  afterAll(async () => {
    await site?.stop();
    await world?.close();
  });

  it('makes sound archives', () => {
    expect(steps.flatMap(({ verified }) => verified.findings)).toEqual([]);
  });

  it('archives no blob that the base has', () => {
    const again = steps.map(({ verified }, index) => verified.blobs.filter(({ digest }) => bases[index]?.has(digest)));
    expect(again).toEqual([[], [], [], [], []]);
  });

  it('brings every blob of every image that it lists', () => {
    const lacking = steps.map(({ staged, verified }, index) =>
      lackingIn(staged.images, withBlobs(bases[index] as BlobSet, verified.blobs)),
    );
    expect(lacking).toEqual([[], [], [], [], []]);
  });

  it('lists images by kind, with rebuilt catalogs and signatures', async () => {
    const count = (step: Mirrored | undefined, kind: string): number =>
      (step?.staged.images ?? []).filter((image) => image.kind === kind && image.attachedTo === undefined).length;
    expect(steps.map((step) => ['release', 'operator', 'additional'].map((kind) => count(step, kind)))).toEqual([
      [5, 0, 0],
      [5, 4, 0],
      [5, 6, 0],
      [5, 6, 1],
      [5, 6, 1],
    ]);
    const signatures = steps[4]?.staged.images.filter(({ attachedTo }) => attachedTo !== undefined) ?? [];
    // 4.19 and 4.20 leave cosign signatures out by default.
    expect(signatures).toHaveLength(/^4\.(?:19|20)\./.test((await world.version()).version) ? 0 : 5);
  });

  it('carries at most 1.03 times the new blobs, and the link files', () => {
    const archives = sum(steps.map(({ archiveBytes }) => archiveBytes));
    const blobs = sum(steps.map(({ blobBytes }) => blobBytes));
    const links = sum(steps.map(({ linkBytes }) => linkBytes));
    expect(archives).toBeLessThanOrEqual(1.03 * blobs + links);
  });

  it('pins what was mirrored', () => {
    const pinned = steps[3]?.staged.pinnedConfig ?? '';
    const digestOf = (place: string) =>
      steps[3]?.staged.images.find(({ repository, tag }) => `${repository}:${tag}` === place)?.digest;
    expect(pinned).toContain(`redhat-operator-index@${digestOf('redhat/redhat-operator-index:v4.99')}`);
    expect(pinned).toContain(`${ubi}@${digestOf('ubi9/ubi:9.5')}`);
    expect(pinned).toContain('maxVersion: 4.99.0');
  });

  it('is uploaded in order by oc-mirror without a network, with the digests of the source', async () => {
    const { pinnedCatalogs } = capabilitiesOf((await world.version()).version);
    for (const [index, { staged }] of steps.entries()) {
      const { archives, pinnedConfig } = staged;
      const config = pinnedCatalogs ? pinnedConfig : (texts[index] as string);
      const result = await upload(world, { archives, config, to: site, site: 'site' });
      expect({ exit: result.exitCode, said: result.exitCode === 0 ? '' : result.stdout.slice(-2000) }).toEqual({
        exit: 0,
        said: '',
      });
    }
    // A filtered catalog arrives under the tag of the original, everything else under its own.
    const images =
      steps[4]?.staged.images.filter(({ repository }) => repository !== 'redhat/redhat-operator-index') ?? [];
    const arrived = await Promise.all(images.map(({ repository, tag }) => digestAt(site, `${repository}:${tag}`)));
    expect(arrived).toEqual(images.map(({ digest }) => digest));
    const rebuilt = steps[4]?.staged.images.find(({ tag }) => /^[0-9a-f]{32}$/.test(tag));
    expect(await digestAt(site, 'redhat/redhat-operator-index:v4.99')).toBe(rebuilt?.digest);
  });

  it('brings nothing new, and the same images, if nothing changed', async () => {
    const base = withBlobs(bases[4] as BlobSet, steps[4]?.verified.blobs ?? []);
    const again = await mirror(world, world.request(6, texts[4] as string, base));
    expect(again.verified.blobs).toEqual([]);
    const places = (step: Mirrored | undefined): string[] =>
      (step?.staged.images ?? []).map(({ kind, repository, tag, digest }) => `${kind} ${repository}:${tag}@${digest}`);
    expect(places(again).sort()).toEqual(places(steps[4]).sort());
  });

  it('mirrors a whole catalog again if its filtered copy was cut, as by a power cut', async () => {
    const workingDir = join(world.folder, 'oc-mirror', 'stage', 'working-dir');
    const files = (await readdir(workingDir, { recursive: true })).filter((path) =>
      /filtered-catalogs.*web-terminal.catalog\.json$/.test(path),
    );
    expect(files).not.toEqual([]);
    for (const file of files) await writeFile(join(workingDir, file), '');
    const base = withBlobs(bases[4] as BlobSet, steps[4]?.verified.blobs ?? []);
    const again = await mirror(world, world.request(7, texts[4] as string, base));
    expect(again.staged.images).toHaveLength(steps[4]?.staged.images.length ?? 0);
  });

  it('was planned as large as it became, before any of it was there', () => {
    expect(plans.flatMap(({ unanswered }) => unanswered)).toEqual([]);
    const misses = plans.map(({ archives }, index) => {
      const became = steps[index]?.archiveBytes ?? 0;
      const missed = Math.abs(sum(archives.map(({ bytes }) => bytes)) - became);
      // What oc-mirror makes itself (filtered catalogs, the graph, files of working-dir) does not grow with layers.
      return missed <= Math.max(0.01 * became, madeBytes) ? 'none' : `${missed} of ${became} bytes`;
    });
    expect(misses).toEqual(['none', 'none', 'none', 'none', 'none']);
  });

  it('plans from a scratch folder and leaves archives and stage as they are', async () => {
    const base = withBlobs(bases[4] as BlobSet, steps[4]?.verified.blobs ?? []);
    const request = world.request(8, texts[4] as string, base);
    const plan = await ocMirrorEngine.plan(request, await world.version());
    expect(plan.images.filter(({ attachedTo }) => attachedTo === undefined).length).toBe(11);
    expect(plan.notes[0]).toMatch(/^oc-mirror lists 11 images; /);
  });
});
