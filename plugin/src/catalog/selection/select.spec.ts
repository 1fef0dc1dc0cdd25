import { readCatalog } from '../fbc/fbc';
import { fileInMemory } from '../fbc/files.fixture';
import type { CatalogFilter } from '../filter-id';
import { imagesOf, selectFrom } from './selection';

interface ChannelSpec {
  readonly [name: string]: readonly (readonly [
    name: string,
    edges?: { replaces?: string; skips?: readonly string[] },
  ])[];
}

async function catalogOf(channels: ChannelSpec, { versions, defaultChannel = 'stable' }: CatalogSpec = {}) {
  const names = [...new Set(Object.values(channels).flatMap((entries) => entries.map(([name]) => name)))];
  const documents = [
    { schema: 'olm.package', name: 'a', defaultChannel },
    ...Object.entries(channels).map(([name, entries]) => ({
      schema: 'olm.channel',
      package: 'a',
      name,
      entries: entries.map(([entry, edges]) => ({ name: entry, ...edges })),
    })),
    ...names.map((name) => ({
      schema: 'olm.bundle',
      package: 'a',
      name,
      image: `quay.io/a/bundle:${name}`,
      properties: [{ type: 'olm.package', value: { packageName: 'a', version: versions?.[name] ?? `${name}.0.0` } }],
      relatedImages: [{ name: '', image: `quay.io/a/operator:${name}` }],
    })),
  ];
  return readCatalog([fileInMemory('a.json', documents.map((document) => JSON.stringify(document)).join('\n'))]);
}

interface CatalogSpec {
  readonly versions?: Readonly<Record<string, string>>;
  readonly defaultChannel?: string;
}

const catalog = 'registry.example/index:v1';
const asked = (more: object = {}): CatalogFilter => ({ catalog, packages: [{ name: 'a', ...more }] });
const chain: ChannelSpec = { stable: [['1'], ['2', { replaces: '1' }], ['3', { replaces: '2' }]] };

describe('selectFrom', () => {
  it.each([
    { name: 'takes the head of each channel', entry: { catalog }, kept: '3' },
    { name: 'takes all of a package in full', entry: { ...asked(), full: true }, kept: '1 2 3' },
    { name: 'takes a range', entry: asked({ minVersion: '1.0.0', maxVersion: '2.0.0' }), kept: '1 2' },
    {
      name: 'takes one version if both bounds are the same',
      entry: asked({ minVersion: '2', maxVersion: '2' }),
      kept: '2',
    },
  ])('$name', async ({ entry, kept }) => {
    const { selected } = selectFrom(await catalogOf(chain), entry);
    expect(selected?.bundles.map(({ name }) => name).join(' ')).toBe(kept);
    expect(selected?.channels.map(({ entries }) => entries.map(({ name }) => name).join(' '))).toEqual([kept]);
  });

  it('keeps a bundle outside the range if those that it skips would be lost without it', async () => {
    const skipping = await catalogOf({ stable: [['1'], ['2'], ['3', { skips: ['1', '2'] }]] });
    const { selected } = selectFrom(skipping, asked({ minVersion: '2.0.0', maxVersion: '2.9.0' }));
    expect(selected?.bundles.map(({ name }) => name)).toEqual(['2', '3']);
  });

  it.each([
    { entries: [['1'], ['2']], problem: 'the channel has several heads: 1, 2' },
    {
      entries: [
        ['1', { replaces: '2' }],
        ['2', { replaces: '1' }],
      ],
      problem: 'so the channel has no head',
    },
    { entries: [['1'], ['1']], problem: 'the channel has the entry 1 twice' },
    { entries: [['1', { replaces: '1' }]], problem: '1 replaces itself' },
    { entries: [['3'], ['2', { replaces: '1' }], ['1', { replaces: '2' }]], problem: 'in a circle' },
    { entries: [], problem: 'the channel has no entries' },
  ] as const)('refuses a channel because $problem', async ({ entries, problem }) => {
    const { refusals } = selectFrom(await catalogOf({ stable: entries }), asked());
    expect(refusals).toEqual([
      expect.objectContaining({
        kind: 'channel broken',
        channel: 'stable',
        path: ['packages', 0],
        problems: expect.arrayContaining([expect.stringContaining(problem)]),
      }),
    ]);
  });

  it('reports each broken channel, with its place in the configuration', async () => {
    const broken = await catalogOf({ stable: [['1'], ['2']], fast: [['1'], ['2']] });
    const { refusals } = selectFrom(broken, asked({ channels: [{ name: 'fast' }, { name: 'stable' }] }));
    expect(refusals?.map(({ path }) => path)).toEqual([
      ['packages', 0, 'channels', 1],
      ['packages', 0, 'channels', 0],
    ]);
  });

  it.each([
    { why: 'default channel left out', entry: asked({ channels: [{ name: 'none' }] }) },
    { why: 'default channel unknown', entry: asked({ defaultChannel: 'none' }) },
    { why: 'channel empty', entry: asked({ minVersion: '9' }) },
    { why: 'version not there', entry: asked({ minVersion: '9', maxVersion: '9' }) },
    { why: 'range in full', entry: { ...asked({ minVersion: '1' }), full: true } },
    { why: 'range unreadable', entry: asked({ minVersion: 'one' }) },
  ])('refuses: $why', async ({ why, entry }) => {
    expect(selectFrom(await catalogOf(chain), entry).refusals).toEqual([expect.objectContaining({ kind: why })]);
  });

  it('refuses a bundle whose version cannot be read', async () => {
    const odd = await catalogOf(chain, { versions: { '2': '2.0' } });
    expect(selectFrom(odd, asked()).refusals).toEqual([
      expect.objectContaining({ kind: 'version unreadable', bundle: '2', version: '2.0' }),
    ]);
  });

  it('takes, of bundles that differ in build metadata, one of the channel, and always the same', async () => {
    const versions = { '1': '1.0.0', '1-a': '1.0.0+a', '1-b': '1.0.0+b' };
    const twins = await catalogOf({ stable: [['1'], ['1-a', { replaces: '1' }]], fast: [['1-b']] }, { versions });
    const { selected } = selectFrom(twins, asked({ minVersion: '1.0.0', maxVersion: '1.0.0' }));
    expect(selected?.channels.map(({ entries }) => entries.map(({ name }) => name))).toEqual([['1-a'], ['1-b']]);
  });

  it('walks chains of any length', async () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => {
      const before = index === 0 ? {} : { replaces: String(index) };
      return [String(index + 1), before] as const;
    });
    const { selected } = selectFrom(await catalogOf({ stable: entries }), asked({ minVersion: '19999.0.0' }));
    expect(selected?.bundles.map(({ name }) => name)).toEqual(['19999', '20000']);
  });
});

describe('imagesOf', () => {
  it('names bundles whose own image is not among their related images', async () => {
    const { selected } = selectFrom(await catalogOf(chain), asked());
    if (selected === undefined) throw new Error('nothing selected');
    const { images, bundleImagesLeftOut } = imagesOf(selected);
    expect(images.map(({ image }) => image)).toEqual(['quay.io/a/operator:3']);
    expect(bundleImagesLeftOut.map(({ name }) => name)).toEqual(['3']);
  });

  it.each([
    ['', 'empty'],
    ['oci:///srv/image', 'on disk'],
    ['quay.io/a/b', 'no tag and no digest'],
    ['localhost:5000/a/b', 'no tag and no digest'],
  ])('cannot use %j', (image, why) => {
    const file = fileInMemory('a', '');
    const place = { file, format: 'json', offset: 0, bytes: 0 } as const;
    const named = { place, package: 'a', name: 'a.v1', image: 'x:1', version: '1.0.0' };
    const bundle = { ...named, relatedImages: [image], requires: [], offers: [] };
    expect(imagesOf({ bundles: [bundle] }).unusable).toEqual([{ image, bundle, why: expect.stringContaining(why) }]);
  });
});
