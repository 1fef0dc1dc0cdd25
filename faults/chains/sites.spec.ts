/**
 * Random lives of a mirror with three sites: alpha, whose registry can be reached from here; bravo, which gets disks and sends
 * receipts; charlie behind a diode. Archives are lost, damaged, made again, pruned, moved and restored; registries are lost.
 * After each step, the registry of a site serves all images that its ledger says; at the end, each site gets the newest
 * sequence from what is left. docker-registry is the judge.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { acknowledge } from '../../plugin/src/api';
import { verifiedFile, uploadBundle } from '../../plugin/src/upload/upload-bundle';
import { renderReceipt } from '../../plugin/src/bundle-format/receipt/receipt';
import { imagesBySequence } from '../../plugin/src/mirror/chain-images';
import { openMirror } from '../../plugin/src/mirror/mirror';
import { openSealedChain } from '../../plugin/src/mirror/sealed-chain';
import type { Transfer } from '../../plugin/src/mirror/sites/sites';
import { headOfLedger, readSite, renderSite } from '../../plugin/src/mirror/sites/sites';
import { Digest } from '../../plugin/src/oci/digest';
import type { MirroredImage } from '../../plugin/src/oci/image';
import { timestampOf } from '../../plugin/src/sequence/one-line';
import { rollbackSite } from '../../plugin/src/sites/site-rollback';
import { isSeqmirrorError } from '../../plugin/src/system/errors';
import { silentProgress } from '../../plugin/src/system/progress';
import { uploadToSite } from '../../plugin/src/upload/upload-to-site';
import { validate } from '../../plugin/src/validation/validate';
import { anImage } from '../../testing/images/image';
import { imageSetOf } from '../../testing/images/image-set';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';
import { moveTag, startLab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { bundled } from '../../testing/worlds/bundling';
import { newFolder } from '../../testing/worlds/folders';
import { aDisk, pruned, restore } from '../../testing/worlds/pruning';
import { flip, lose, reissue } from '../../testing/worlds/reissuing';
import { settingsTrusting } from '../../testing/worlds/uploading';
import type { World } from '../../testing/worlds/world';
import { aWorld } from '../../testing/worlds/world';
import { sizeOf, withSeed } from '../size';

jest.setTimeout(sizeOf({ small: 10, full: 90 }) * 60_000);

const sources = ['quay.io/platform/app:1', 'quay.io/platform/tools:1', 'registry.redhat.io/ubi9/ubi:9.5'] as const;
const contents = ['old', 'new', 'newest'] as const;
const base = { name: 'base', bytes: 3000 };
const siteNames = ['alpha', 'bravo', 'charlie'] as const;
type SiteName = (typeof siteNames)[number];

function imageOf(source: string, content: string) {
  const repository = source.slice(0, source.lastIndexOf(':'));
  return anImage(source, {
    layers: [base, { name: `${repository} ${content}`, bytes: 3000 }],
    signed: content === 'new',
    architectures: content === 'newest' ? ['amd64', 'arm64'] : 'amd64',
  });
}

interface SentBundle {
  readonly folder: string;
  readonly transfer: Transfer;
}

class Life {
  private readonly disks = new Map<SiteName, SentBundle[]>();
  private readonly registries = new Map<SiteName, string>();
  private length = 0;
  private minutes = 0;
  private names = 0;
  private readonly folders: string[] = [];
  /** How often each kind of step had something to do. */
  readonly done = new Map<string, number>();

  constructor(
    private readonly upstream: Lab,
    private readonly registry: DebianRegistry,
    private readonly world: World,
  ) {
    for (const site of siteNames) this.disks.set(site, []);
  }

  private readonly now = () => new Date(Date.UTC(2026, 10, 24, 6, (this.minutes += 1)));
  private readonly run = { progress: silentProgress, signal: new AbortController().signal, now: this.now };

  static async start(upstream: Lab, registry: DebianRegistry, id: number): Promise<Life> {
    const world = await aWorld(upstream);
    await world.write('mirror/seqmirror.yaml', settingsTrusting(registry.host));
    const life = new Life(upstream, registry, world);
    for (const site of siteNames) {
      life.registries.set(site, `${registry.host}/life${id}/${site}`);
      const habit = site === 'charlie' ? { receipts: 'none' as const, assume_after: 1 } : {};
      await world.write(`mirror/sites/${site}/site.yaml`, renderSite({ schema: 'seqmirror/v1', name: site, ...habit }));
    }
    return life;
  }

  async end(): Promise<void> {
    await this.world.remove();
    for (const folder of this.folders) await rm(folder, { recursive: true });
  }

  /** A folder outside the workspace, which goes when the life ends. */
  private newFolder(kind: string): string {
    const folder = newFolder(kind);
    this.folders.push(folder);
    return folder;
  }

  private count(step: string): void {
    this.done.set(step, (this.done.get(step) ?? 0) + 1);
  }

  async mirror(at: number, from: 'previous' | 'none'): Promise<void> {
    sources.forEach((source, index) =>
      moveTag(this.upstream, source, imageOf(source, contents[(at >> (2 * index)) % contents.length] ?? 'old')),
    );
    const chosen = sources.filter((_, index) => ((at >> (6 + index)) & 1) === 0);
    this.length += 1;
    const folder = `seq${this.length}-step`;
    const images = chosen.length === 0 ? [sources[0]] : chosen;
    await this.world.write(`mirror/content/${folder}/imageset-config.yaml`, imageSetOf(images));
    await this.world.write(
      `mirror/content/${folder}/sequence.yaml`,
      `schema: seqmirror/v1\ndescription: step\nbase: ${this.length === 1 ? 'none' : from}\nrefresh: true\n`,
    );
    expect(await this.world.mirror(folder, { now: this.now })).toMatchObject({ kind: 'sealed' });
    this.count(`mirror, base ${from}`);
  }

  private async headOf(site: SiteName): Promise<number> {
    return headOfLedger((await readSite(await openMirror(this.world.location), site)).ledger)?.sequence ?? 0;
  }

  /** Sends the newest sequence. If archives are lost or damaged, that is refused, and works after a repair. */
  async send(site: SiteName): Promise<void> {
    const broken = async () => (await this.verdicts()).filter(({ verdict }) => !isFine(verdict));
    try {
      await this.sendNewest(site);
    } catch (error) {
      if (!isSeqmirrorError(error) || (await broken()).length === 0) throw error;
      this.count(`send refused by ${error.code}`);
      await this.repair();
      await this.sendNewest(site);
    }
  }

  private async sendNewest(site: SiteName): Promise<void> {
    const sent = this.disks.get(site) ?? [];
    if ((await this.headOf(site)) === this.length) return;
    if (sent.some(({ transfer }) => transfer.head.number === this.length)) return;
    this.count(`send to ${site}`);
    const folder = `seq${this.length}-step`;
    if (site === 'alpha') {
      const registry = this.registries.get(site) as string;
      await uploadToSite({
        ...this.run,
        ...{ location: this.world.location, site, folder, registry, engine: 'auto', force: false, dryRun: false },
      });
      return;
    }
    const output = this.newFolder('disk');
    const { transfer } = await bundled(this.world, folder, { output, sites: [site], now: this.now });
    if (transfer === undefined) throw new Error('a bundle for a site has a transfer');
    sent.push({ folder: output, transfer });
    if (site === 'charlie') await this.acknowledged(site, { kind: 'assume' });
  }

  /** The disk that was sent first is uploaded; bravo answers with what its registry said. */
  async arrive(site: SiteName): Promise<void> {
    const sent = this.disks.get(site)?.shift();
    if (sent === undefined) return;
    this.count(`arrive at ${site}`);
    const { folder, transfer } = sent;
    const output = this.newFolder('site');
    await uploadBundle({
      ...this.run,
      bundle: folder,
      registry: this.registries.get(site) as string,
      output,
      registries: { hosts: { [this.registry.host]: { insecure: true } } },
      parallel: 4,
      retries: 1,
      rollBack: false,
      thorough: false,
      dryRun: false,
      env: this.world.location.env,
    });
    if (site === 'charlie') return;
    const lines = await readFile(join(output, verifiedFile), 'utf8');
    const receipt = renderReceipt({
      site,
      sequence: transfer.head.number,
      seal: transfer.head.seal,
      bundle: transfer.id,
      verified: Digest.parse(`sha256:${createHash('sha256').update(lines).digest('hex')}`),
      images: lines.split('\n').length - 1,
      held_in: 'registry',
      when: timestampOf(this.now()),
      tool: 'seq-upload.sh 0.1.0',
    });
    await this.world.write(`${site}.receipt`, receipt);
    await this.acknowledged(site, { kind: 'receipt', file: `${site}.receipt` });
  }

  private async acknowledged(site: SiteName, answer: Parameters<typeof acknowledge>[0]['answer']): Promise<void> {
    await acknowledge({ location: this.world.location, site, answer, dryRun: false, now: this.now });
  }

  /** The registry of a site is lost, with the disks that are under way. */
  async loseRegistry(site: SiteName): Promise<void> {
    for (const { transfer } of this.disks.get(site)?.splice(0) ?? [])
      await this.acknowledged(site, { kind: 'lost', transfer: transfer.id });
    this.registries.set(
      site,
      `${this.registry.host}/again${(this.names += 1)}/${this.registries.get(site)?.split('/').slice(1).join('-')}`,
    );
    const { location } = this.world;
    await rollbackSite({ location, site, setback: { kind: 'wiped' }, dryRun: false, now: this.now });
    this.count('lose a registry');
  }

  private async verdicts() {
    return (await validate({ ...this.run, location: this.world.location, depth: 'deep' })).sequences;
  }

  /** One archive of one sequence that is complete. */
  private async complete(at: number): Promise<string | undefined> {
    const here = (await this.verdicts()).filter(({ verdict }) => verdict.startsWith('PROVEN'));
    return here[at % Math.max(1, here.length)]?.name;
  }

  async lose(at: number): Promise<void> {
    const folder = await this.complete(at);
    if (folder === undefined) return;
    await lose(this.world, folder);
    this.count('lose an archive');
  }

  async damage(at: number): Promise<void> {
    const folder = await this.complete(at);
    if (folder === undefined) return;
    await flip(this.world, folder, at % 4000);
    this.count('damage an archive');
  }

  /** Makes again what is lost or damaged. Upstream still has every image by its digest. */
  async repair(): Promise<void> {
    for (const { name, verdict } of await this.verdicts()) {
      if (isFine(verdict)) continue;
      await reissue(this.world, name, { now: this.now });
      this.count('reissue');
    }
    expect((await this.verdicts()).filter(({ verdict }) => !isFine(verdict))).toEqual([]);
  }

  async prune(keep: number, isMoved: boolean): Promise<void> {
    const to = isMoved ? await aDisk(this.world) : undefined;
    await this.repair();
    const { plan } = await pruned(this.world, { keep, to, now: this.now });
    if (plan.retired.length > 0) this.count(isMoved ? 'move archives' : 'delete archives');
  }

  /** Brings back every retired sequence of which there is a copy. */
  async restore(): Promise<void> {
    for (const { name, verdict } of await this.verdicts()) {
      if (verdict !== 'RETIRED') continue;
      const custody = await this.world.read(`mirror/content/${name}/custody.yaml`);
      if (!custody.includes('disk')) continue;
      await restore(this.world, name, { now: this.now });
      this.count('restore');
    }
  }

  /** What a site's ledger says, its registry serves. What is assumed of a diode is there when all its disks have arrived. */
  async registriesAgree(): Promise<void> {
    const mirror = await openMirror(this.world.location);
    const { sequences } = await openSealedChain(mirror, { trust: 'proven' });
    const states = await imagesBySequence(mirror, sequences);
    for (const site of siteNames) {
      const head = await this.headOf(site);
      if (head === 0 || (site === 'charlie' && (this.disks.get(site) ?? []).length > 0)) continue;
      const [host = '', ...namespace] = (this.registries.get(site) as string).split('/');
      for (const image of states[head - 1]?.images ?? [])
        expect(await notServed(host, namespace.join('/'), image)).toEqual([]);
    }
  }

  /** Whatever happened: each site can be given the newest sequence. */
  async bringAllUpToDate(): Promise<void> {
    await this.repair();
    for (const site of siteNames) {
      await this.send(site);
      while ((this.disks.get(site) ?? []).length > 0) await this.arrive(site);
      expect({ site, head: await this.headOf(site) }).toEqual({ site, head: this.length });
    }
    await this.registriesAgree();
  }
}

function isFine(verdict: string): boolean {
  return ['PROVEN', 'PROVEN GIVEN', 'RETIRED'].includes(verdict);
}

/** The tag, manifests and blobs of an image that the registry does not serve. */
async function notServed(host: string, namespace: string, image: MirroredImage): Promise<string[]> {
  const repository = `${namespace}/${image.repository}`;
  const url = `http://${host}/v2/${repository}`;
  const tagged = await fetch(`${url}/manifests/${image.tag}`, { method: 'HEAD', headers: { accept } });
  const found = tagged.headers.get('docker-content-digest');
  if (found !== image.digest) return [`${repository}:${image.tag} is ${found}`];
  return missingBelow(url, image.digest);
}

async function missingBelow(url: string, digest: string): Promise<string[]> {
  const response = await fetch(`${url}/manifests/${digest}`, { headers: { accept } });
  if (response.status !== 200) return [`${url}@${digest}`];
  const manifest = (await response.json()) as {
    manifests?: { digest: string }[];
    config?: { digest: string };
    layers?: { digest: string }[];
  };
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...(manifest.layers ?? [])];
  const missing = await Promise.all(
    blobs.map(async (blob) => {
      const { status } = await fetch(`${url}/blobs/${blob.digest}`, { method: 'HEAD' });
      return status === 200 ? [] : [`${url} blob ${blob.digest}`];
    }),
  );
  const children = await Promise.all((manifest.manifests ?? []).map((child) => missingBelow(url, child.digest)));
  return [...missing, ...children].flat();
}

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

type Step = readonly [name: string, weight: number, take: (life: Life, at: number) => Promise<void>];

const siteAt = (at: number): SiteName => siteNames[at % siteNames.length] as SiteName;

const steps: readonly Step[] = [
  ['mirror', 6, (life, at) => life.mirror(at, 'previous')],
  ['mirror a new baseline', 2, (life, at) => life.mirror(at, 'none')],
  ['send', 6, (life, at) => life.send(siteAt(at))],
  ['arrive', 6, (life, at) => life.arrive(siteAt(at))],
  ['lose an archive', 1, (life, at) => life.lose(at)],
  ['damage an archive', 1, (life, at) => life.damage(at)],
  ['repair', 2, (life) => life.repair()],
  ['prune', 3, (life, at) => life.prune(1 + (at % 2), false)],
  ['move', 3, (life, at) => life.prune(1 + (at % 2), true)],
  ['restore', 2, (life) => life.restore()],
  ['lose a registry', 1, (life, at) => life.loseRegistry(siteAt(at))],
];

const aStep = fc.oneof(
  ...steps.map(([name, weight]) => ({ weight, arbitrary: fc.tuple(fc.constant(name), fc.nat(1_000_000)) })),
);

describeWith(['docker-registry'], withSeed('a mirror with three sites'), () => {
  let upstream: Lab;
  let registry: DebianRegistry;
  let lives = 0;

  beforeAll(async () => {
    upstream = await startLab({ images: sources.map((source) => imageOf(source, contents[0])) });
    registry = await startDebianRegistry();
  });
  afterAll(async () => {
    await registry.stop();
    await upstream.stop();
  });

  it('can bring every site to the newest sequence, whatever happened before', async () => {
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 6, maxLength: 24, size: 'max' }), async (drawn) => {
        const life = await Life.start(upstream, registry, (lives += 1));
        try {
          await life.mirror(0, 'none');
          for (const [name, at] of drawn) {
            await steps.find(([known]) => known === name)?.[2](life, at);
            await life.registriesAgree();
          }
          await life.bringAllUpToDate();
        } finally {
          await life.end();
          for (const [step, count] of life.done) done.set(step, (done.get(step) ?? 0) + count);
        }
      }),
      { numRuns: sizeOf({ small: 3, full: 200 }), endOnFailure: true },
    );
    console.info(`${lives} lives: ${[...done].map(([step, count]) => `${step} ${count}`).join(', ')}`);
  });
});
