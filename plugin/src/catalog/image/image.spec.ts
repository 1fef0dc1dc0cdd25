import { gunzipSync } from 'node:zlib';
import { parseManifest } from '../../oci/manifest';
import type { CatalogFile } from '../fbc/fbc';
import { readCatalog } from '../fbc/fbc';
import type { CatalogFilter } from '../filter-id';
import type { SelectedCatalog } from '../selection/selection';
import { selectFrom } from '../selection/selection';
import type { OriginalCatalog, RebuiltCatalog } from './image';
import { configFilesIn, configsLabelOf, rebuildCatalog, storeForCatalog, writeCatalog } from './image';
import type { CatalogImage } from './image.fixture';
import { bytesOf, catalogImage, digestOf, layersOf } from './image.fixture';

const { signal } = new AbortController();
const image = 'registry.example/index:v1';

const bundle = (name: string, version: string): object => ({
  schema: 'olm.bundle',
  package: 'a',
  name,
  image: `quay.io/a/bundle:${version}`,
  properties: [{ type: 'olm.package', value: { packageName: 'a', version } }],
  odd: { kept: true },
});
const documents: readonly object[] = [
  { schema: 'olm.package', name: 'a', defaultChannel: 'stable', icon: { base64data: 'aGk=', mediatype: 'x' } },
  {
    schema: 'olm.channel',
    package: 'a',
    name: 'stable',
    entries: [{ name: 'a.v1' }, { name: 'a.v2', replaces: 'a.v1' }],
  },
  { schema: 'olm.channel', package: 'a', name: 'fast', entries: [{ name: 'a.v2' }] },
  bundle('a.v2', '2.0.0'),
  bundle('a.v1', '1.0.0'),
  {
    schema: 'olm.deprecations',
    package: 'a',
    entries: ['a.v1', 'a.v2'].map((name) => ({ reference: { schema: 'olm.bundle', name }, message: `old: ${name}` })),
  },
  { schema: 'other', package: '', x: 1 },
  { schema: 'olm.package', name: 'b', defaultChannel: '' },
];
const text = documents.map((document) => JSON.stringify(document)).join('\n');

async function filesOf(original: CatalogImage, above: readonly Buffer[] = []): Promise<CatalogFile[]> {
  const label = configsLabelOf(original.images[0]?.config as Buffer, image);
  return configFilesIn({ image, layers: layersOf(original, above), label, signal }, storeForCatalog());
}

async function selectionOf(original: CatalogImage, entry: CatalogFilter): Promise<SelectedCatalog> {
  const { selected } = selectFrom(await readCatalog(await filesOf(original)), entry);
  if (selected === undefined) throw new Error('nothing selected');
  return selected;
}

async function rebuilt(original: CatalogImage, entry: CatalogFilter): Promise<RebuiltCatalog> {
  const selected = await selectionOf(original, entry);
  return rebuildCatalog(original, await writeCatalog(selected, storeForCatalog()));
}

async function textsOf(files: readonly CatalogFile[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const { path, bytes, pieces } of files)
    texts[path] = (await bytesOf(pieces({ offset: 0, bytes }))).toString('utf8');
  return texts;
}

const entry: CatalogFilter = { catalog: image, packages: [{ name: 'a' }] };

describe('configFilesIn', () => {
  it('sees the folder that the label names, through all layers', async () => {
    const original = catalogImage(
      [
        { 'usr/bin/opm': 'x'.repeat(3000), 'configs/a/catalog.yaml': 'old', 'configs/b/catalog.json': 'B' },
        { 'configs/a/.wh.catalog.yaml': '', 'configs/a/catalog.json': 'A'.repeat(600_000), 'tmp/cache/x': 'x' },
      ],
      { labels: { 'operators.operatorframework.io.index.configs.v1': 'configs/' } },
    );
    expect(await textsOf(await filesOf(original))).toEqual({
      'a/catalog.json': 'A'.repeat(600_000),
      'b/catalog.json': 'B',
    });
  });

  it.each([
    { name: 'no label', labels: {} },
    { name: 'a label that names the root', labels: { 'operators.operatorframework.io.index.configs.v1': '/' } },
    { name: 'a label that leads out', labels: { 'operators.operatorframework.io.index.configs.v1': '/configs/../..' } },
    {
      name: 'a label that names an empty folder',
      labels: { 'operators.operatorframework.io.index.configs.v1': '/none' },
    },
  ])('refuses an image with $name', async ({ labels }) => {
    await expect(filesOf(catalogImage([{ 'configs/a.json': '{}' }], { labels }))).rejects.toMatchObject({
      code: 'SEQ0431',
    });
  });

  it('returns any part of a file', async () => {
    const content = Array.from({ length: 200_000 }, (_, index) => String(index)).join(' ');
    const [file] = await filesOf(catalogImage([{ 'configs/a.json': content }]));
    for (const [offset, bytes] of [
      [0, 1],
      [262_143, 2],
      [500_000, 600_000],
      [content.length - 1, 1],
    ] as const)
      expect((await bytesOf((file as CatalogFile).pieces({ offset, bytes }))).toString()).toBe(
        content.slice(offset, offset + bytes),
      );
  });
});

describe('writeCatalog', () => {
  it('drops everything that was not selected, and changes nothing else', async () => {
    const selected = await selectionOf(catalogImage([{ 'configs/a.json': text }]), entry);
    const texts = await textsOf(await writeCatalog(selected, storeForCatalog()));
    expect(Object.keys(texts)).toEqual(['catalog.json', 'a/catalog.json']);
    expect(
      texts['a/catalog.json']
        ?.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      documents[0],
      documents[2],
      { ...documents[1], entries: [{ name: 'a.v2', replaces: 'a.v1' }] },
      documents[3],
      { ...documents[5], entries: [{ reference: { schema: 'olm.bundle', name: 'a.v2' }, message: 'old: a.v2' }] },
    ]);
    expect(texts['catalog.json']).toBe('{"schema":"other","package":"","x":1}\n');
  });

  it('writes a new default channel under the existing key', async () => {
    const odd = text.replace('"defaultChannel":"stable"', '"DefaultChannel":"stable"');
    const selected = await selectionOf(catalogImage([{ 'configs/a.json': odd }]), {
      catalog: image,
      packages: [{ name: 'a', defaultChannel: 'fast' }],
    });
    const texts = await textsOf(await writeCatalog(selected, storeForCatalog()));
    expect(texts['a/catalog.json']).toContain('"DefaultChannel":"fast"');
    expect(texts['a/catalog.json']).not.toContain('defaultChannel');
  });

  it('turns YAML into JSON', async () => {
    const yaml =
      'schema: olm.package\nname: a\n---\nschema: olm.channel\npackage: a\nname: x\nentries: [{name: a.v1}]\n';
    const selected = await selectionOf(catalogImage([{ 'configs/a.yaml': yaml }]), entry);
    expect(await textsOf(await writeCatalog(selected, storeForCatalog()))).toEqual({
      'a/catalog.json':
        '{"schema":"olm.package","name":"a"}\n{"schema":"olm.channel","package":"a","name":"x","entries":[{"name":"a.v1"}]}\n',
    });
  });

  it.each(['..', 'a/b'])('refuses a package named %s', async (name) => {
    const odd = `{"schema":"olm.package","name":"${name}"}`;
    const selected = await selectionOf(catalogImage([{ 'configs/a.json': odd }]), { catalog: image });
    await expect(writeCatalog(selected, storeForCatalog())).rejects.toMatchObject({ code: 'SEQ0430' });
  });
});

describe('rebuildCatalog', () => {
  const layers = [{ 'usr/bin/opm': 'opm' }, { 'configs/a.json': text }];

  it('makes the same image for the same selection', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => rebuilt(catalogImage(layers), entry)));
    expect(two?.root).toEqual(one?.root);
    expect([...(two?.content.keys() ?? [])]).toEqual([...(one?.content.keys() ?? [])]);
    const other = await rebuilt(catalogImage(layers), { ...entry, full: true });
    expect(other.root.digest).not.toBe(one?.root.digest);
  });

  it('has content that matches its digests and lengths', async () => {
    const { content } = await rebuilt(catalogImage(layers, { architectures: ['amd64', 'arm64'] }), entry);
    for (const [digest, blob] of content) {
      const bytes = await bytesOf(blob.pieces());
      expect([digest, bytes.length]).toEqual([digestOf(bytes), blob.bytes]);
    }
  });

  it.each([
    { name: 'an OCI index', format: 'oci', architectures: ['amd64', 'arm64'] },
    { name: 'a Docker list', format: 'docker', architectures: ['amd64', 's390x'] },
    { name: 'a single image', format: 'oci', architectures: undefined },
    { name: 'a single Docker image', format: 'docker', architectures: undefined },
  ] as const)('makes of $name an index that serves the selection', async ({ format, architectures }) => {
    const original = catalogImage(layers, { format, architectures });
    const { root, content } = await rebuilt(original, entry);
    const bytes = async (digest: string): Promise<Buffer> => {
      const made = [...content].find(([known]) => known === digest)?.[1];
      return made === undefined ? (original.blobs.get(digest as never) as Buffer) : bytesOf(made.pieces());
    };
    const index = parseManifest(await bytes(root.digest), undefined);
    if (index.kind !== 'index') throw new Error('no index');
    expect(index.mediaType).toBe(root.mediaType);
    expect(index.manifests.map(({ platform }) => platform?.architecture)).toEqual(architectures ?? ['amd64']);
    expect(index.manifests.map(({ digest }) => digest)).toEqual(root.children.map(({ digest }) => digest));
    for (const child of index.manifests) {
      const manifest = parseManifest(await bytes(child.digest), undefined);
      if (manifest.kind !== 'image') throw new Error('no image');
      const config = JSON.parse((await bytes(manifest.config.digest)).toString()) as Config;
      expect(config.config).toMatchObject({ Entrypoint: ['/bin/opm'], Cmd: ['serve', '/configs'] });
      const unpacked = await Promise.all(
        manifest.layers.map(async ({ digest }) => digestOf(gunzipSync(await bytes(digest)))),
      );
      expect(config.rootfs.diff_ids).toEqual(unpacked);
      expect(config.history).toHaveLength(4);
      expect(manifest.layers.slice(0, 2)).toEqual(
        (original.images[0] as OriginalCatalog['images'][number]).manifest.layers,
      );
      const above = await Promise.all(manifest.layers.slice(2).map(({ digest }) => bytes(digest)));
      const again = await readCatalog(await filesOf(original, above));
      expect(again.bundles.map(({ name }) => name)).toEqual(['a.v2']);
      expect(again.packages.map(({ name }) => name)).toEqual(['a']);
    }
  });
});

interface Config {
  readonly config: object;
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly history: readonly object[];
}

describe('the config of a catalog image', () => {
  it.each([
    ['a key twice', '{"config":{"Labels":{}},"config":{}}', 'is in it twice'],
    ['a key in two spellings', '{"config":{"Labels":{}},"Config":{}}', 'are one key for Go'],
    ['no end of brackets', '['.repeat(100_000), 'nested more than'],
  ])('is not written again where it has %s, which other programs read differently', (_what, text, why) => {
    expect(() => configsLabelOf(Buffer.from(text), 'quay.io/planted')).toThrow(
      expect.objectContaining({ code: 'SEQ0431', why: expect.stringContaining(why) }),
    );
  });
});
