/**
 * Archives of the embedded engine leave out links that earlier ones hold. Whatever happens to a chain, the archives of a
 * sequence and of those that it needs, unpacked in their order, are a registry that serves every image of it.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { linksOf } from '../../plugin/src/archive/links';
import { voidSequence } from '../../plugin/src/chain/void-sequence';
import { openMirror } from '../../plugin/src/mirror/mirror';
import type { SealedSequence } from '../../plugin/src/mirror/sealed-chain';
import { imagesAtEnd, openSealedChain } from '../../plugin/src/mirror/sealed-chain';
import type { MirroredImage } from '../../plugin/src/oci/image';
import { blobSetOf } from '../../plugin/src/sequence/closure';
import { silentProgress } from '../../plugin/src/system/progress';
import { validate } from '../../plugin/src/validation/validate';
import { anImage } from '../../testing/images/image';
import { imageSetOf } from '../../testing/images/image-set';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';
import { moveTag, startLab } from '../../testing/lab/lab';
import { describeWith, hasProgram, programPath } from '../../testing/lab/requirements';
import { newFolder } from '../../testing/worlds/folders';
import { trusting, upload } from '../../testing/worlds/uploading';
import type { World } from '../../testing/worlds/world';
import { aWorld } from '../../testing/worlds/world';

jest.setTimeout(900_000);

const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };
const sources = ['quay.io/platform/app:1', 'quay.io/platform/app:2', 'quay.io/platform/tools:1'] as const;
const contents = ['old', 'new', 'newest'] as const;
const base = { name: 'base', bytes: 3000 };

interface Step {
  /** Which content each source's tag leads to meanwhile. */
  readonly tags: readonly number[];
  readonly images: readonly boolean[];
  readonly base: 'previous' | 'none' | 'earlier';
  readonly earlier: number;
  readonly then: 'nothing' | 'void' | 'lose the one before';
}

const aStep: fc.Arbitrary<Step> = fc.record({
  tags: fc.array(fc.nat({ max: contents.length - 1 }), { minLength: sources.length, maxLength: sources.length }),
  images: fc
    .array(fc.boolean(), { minLength: sources.length, maxLength: sources.length })
    .filter((chosen) => chosen.includes(true)),
  base: fc.oneof(
    { weight: 6, arbitrary: fc.constant('previous' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'earlier' as const) },
  ),
  earlier: fc.nat({ max: 9 }),
  then: fc.oneof(
    { weight: 6, arbitrary: fc.constant('nothing' as const) },
    { weight: 1, arbitrary: fc.constantFrom('void' as const, 'lose the one before' as const) },
  ),
});

const still: Step = { tags: [0, 0, 0], images: [true, true, true], base: 'previous', earlier: 0, then: 'nothing' };
const lives: readonly { readonly name: string; readonly steps: readonly Step[] }[] = [
  { name: 'nothing changes', steps: [still, still, still] },
  { name: 'a tag moves, and moves back', steps: [still, { ...still, tags: [1, 0, 0] }, still, still] },
  {
    name: 'a tag moves back to what the base has, past a sequence that is not of the base',
    steps: [still, { ...still, tags: [1, 0, 0] }, { ...still, base: 'earlier' }, still],
  },
  {
    name: 'an image gets a second tag, of the same digest',
    steps: [{ ...still, images: [true, false, true] }, still, still],
  },
  {
    name: 'an image is dropped, its tag moves, and it is asked for again',
    steps: [still, { ...still, images: [false, true, true] }, { ...still, tags: [1, 0, 0] }, still],
  },
  {
    name: 'a sequence is made void after a tag moved',
    steps: [still, { ...still, tags: [1, 0, 0], then: 'void' }, still, still],
  },
  {
    name: 'the archives that hold links are lost',
    steps: [still, { ...still, tags: [1, 0, 0] }, { ...still, then: 'lose the one before' }, still, still],
  },
  { name: 'a new baseline is begun', steps: [still, still, { ...still, base: 'none' }, still] },
];

class Life {
  readonly cache = newFolder('cache');
  private readonly sites = new Map<string, DebianRegistry>();
  private length = 0;

  private constructor(
    private readonly upstream: Lab,
    private readonly world: World,
    private readonly engines: readonly ('embedded' | 'oc-mirror')[],
  ) {}

  static async start(upstream: Lab, engines: readonly ('embedded' | 'oc-mirror')[]): Promise<Life> {
    const world = await aWorld(upstream);
    const life = new Life(upstream, world, engines);
    for (const engine of engines) life.sites.set(engine, await startDebianRegistry());
    const hosts = [...life.sites.values()].map(({ host }) => `    '${host}': { insecure: true }\n`).join('');
    const program = programPath('oc-mirror');
    const binary = program === undefined ? '' : `ocMirror: { binary: ${JSON.stringify(program)} }\n`;
    const settings = `${trusting('unused').replace(/ {4}'unused'.*\n/, '')}${hosts}`;
    await world.write(
      'mirror/seqmirror.yaml',
      `schema: seqmirror/v1\nid: test\nengine: embedded\n${binary}${settings}`,
    );
    return life;
  }

  async step({ tags, images, base: choice, earlier, then }: Step): Promise<void> {
    sources.forEach((source, index) =>
      moveTag(this.upstream, source, imageOf(source, contents[tags[index] as number])),
    );
    const number = this.length + 1;
    const folder = `seq${number}-step`;
    const named = choice === 'earlier' ? (number === 1 ? 'none' : `seq${1 + (earlier % (number - 1))}`) : choice;
    const chosen = sources.filter((_, index) => images[index] === true);
    await this.world.write(`mirror/content/${folder}/imageset-config.yaml`, imageSetOf(chosen));
    await this.world.write(
      `mirror/content/${folder}/sequence.yaml`,
      `schema: seqmirror/v1\ndescription: step\nbase: ${named}\nrefresh: true\n`,
    );
    await this.world.seal(folder);
    if (then === 'void') {
      await voidSequence({ ...run, location: this.world.location, folder, dryRun: false });
      return;
    }
    this.length = number;
    await this.judge(folder);
    if (then === 'lose the one before' && number > 1) {
      const custody = `schema: seqmirror/v1\nstate: lost\ncopies: []\n`;
      await this.world.write(`mirror/content/seq${number - 1}-step/custody.yaml`, custody);
    }
  }

  private async judge(folder: string): Promise<void> {
    const { sequences } = await openSealedChain(await openMirror(this.world.location), { trust: 'proven' });
    const images = imagesAtEnd(sequences);
    const own = sequences.at(-1) as SealedSequence;
    const needed = new Set<string>([...own.metadata.air_gapped_transfer.dependencies, `seq${own.entry.number}`]);
    const carried = newFolder('carried');
    for (const each of sequences.filter(({ entry }) => needed.has(`seq${entry.number}`)))
      await this.unpack(each, carried);
    await this.unpack(own, this.cache);
    // By itself; and where all sequences up to this were imported, whatever they were taken against.
    for (const storage of [carried, this.cache]) expect(await notServed(storage, images, sequences)).toEqual([]);
    await rm(carried, { recursive: true });

    const { sequences: verdicts } = await validate({ ...run, location: this.world.location, depth: 'deep' });
    expect(verdicts.filter(({ name }) => name === folder)).toMatchObject([{ verdict: 'PROVEN', findings: [] }]);
    for (const engine of this.engines) {
      const site = this.sites.get(engine) as DebianRegistry;
      await upload(this.world, folder, { registry: site.host, engine, force: true });
      // Attached images oc-mirror rewrites or leaves behind, depending on its version.
      const asked = images.filter(({ attachedTo }) => engine === 'embedded' || attachedTo === undefined);
      for (const image of asked) expect(await digestIn(site, image)).toBe(image.digest);
    }
  }

  private async unpack({ entry, metadata }: SealedSequence, into: string): Promise<void> {
    await mkdir(into, { recursive: true });
    for (const { name } of metadata.archives)
      await promisify(execFile)('tar', [
        '-xf',
        join(this.world.root, 'mirror/content', entry.folder, name),
        '-C',
        into,
        '--overwrite',
      ]);
  }

  async end(): Promise<void> {
    for (const site of this.sites.values()) await site.stop();
    await this.world.remove();
    await rm(this.cache, { recursive: true, force: true });
  }
}

function imageOf(source: string, content: string | undefined) {
  // Both tags of app lead to the same bytes where their contents are the same.
  const repository = source.slice(0, source.lastIndexOf(':'));
  return anImage(source, {
    layers: [base, { name: `${repository} ${content}`, bytes: 3000 }],
    signed: content === 'new',
  });
}

/** What a registry over these files does not serve of the images: a tag, a manifest, a config or a layer. */
async function notServed(
  folder: string,
  images: readonly MirroredImage[],
  sequences: readonly SealedSequence[],
): Promise<string[]> {
  const records = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
  const registry = await startDebianRegistry({ folder });
  const lacking: string[] = [];
  try {
    for (const image of images) {
      const found = await digestIn(registry, image);
      if (found !== image.digest) lacking.push(`${image.repository}:${image.tag} is ${found}`);
      for (const { name, digest } of linksOf([image], records)) {
        const kind = name.includes('/_layers/') ? 'blobs' : 'manifests';
        const { status } = await fetch(`${registry.url}/v2/${image.repository}/${kind}/${digest}`, asked);
        if (status !== 200) lacking.push(`${image.repository}@${digest}`);
      }
    }
  } finally {
    await registry.stop();
  }
  return lacking;
}

const asked = {
  method: 'HEAD',
  headers: { accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' },
};

async function digestIn({ url }: DebianRegistry, { repository, tag }: MirroredImage): Promise<string | undefined> {
  const { headers } = await fetch(`${url}/v2/${repository}/manifests/${tag}`, asked);
  return headers.get('docker-content-digest') ?? undefined;
}

async function live(steps: readonly Step[], engines: readonly ('embedded' | 'oc-mirror')[]): Promise<void> {
  const upstream = await startLab({ images: sources.map((source) => imageOf(source, contents[0])) });
  try {
    const life = await Life.start(upstream, engines);
    try {
      for (const step of steps) await life.step(step);
    } finally {
      await life.end();
    }
  } finally {
    await upstream.stop();
  }
}

describeWith(['docker-registry'], 'a chain whose archives leave out links of earlier ones', () => {
  it.each(lives)('serves every image of every sequence when $name', ({ steps }) =>
    live(steps, hasProgram('oc-mirror') ? ['embedded', 'oc-mirror'] : ['embedded']),
  );

  it('serves every image of every sequence, whatever happens to it', () =>
    fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 2, maxLength: 5 }), (steps) => live(steps, ['embedded'])),
      { numRuns: 6, endOnFailure: true },
    ));
});
