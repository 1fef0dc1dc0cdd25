import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filterIds } from '../../../catalog/filter-id';
import { bytesOf, catalogImage, digestOf } from '../../../catalog/image/image.fixture';
import { requireImageSet } from '../../../imageset/document';
import type { OperatorCatalog } from '../../../imageset/schema';
import { pinnedConfigOf } from '../../pinned-config';
import type { Source } from '../source.fixture';
import { createSource, parsed } from '../source.fixture';
import type { CollectedContent } from './collect';
import { collect, operatorsOf } from './collect';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

interface BundleSpec {
  readonly version: string;
  readonly replaces?: string | undefined;
  readonly images?: readonly string[] | undefined;
}

function packageOf(name: string, bundles: readonly BundleSpec[], channel = 'stable'): string {
  const documents = [
    { schema: 'olm.package', name, defaultChannel: channel },
    {
      schema: 'olm.channel',
      package: name,
      name: channel,
      entries: bundles.map(({ version, replaces }) => ({
        name: `${name}.v${version}`,
        ...(replaces === undefined ? {} : { replaces: `${name}.v${replaces}` }),
      })),
    },
    ...bundles.map(({ version, images = [] }) => ({
      schema: 'olm.bundle',
      package: name,
      name: `${name}.v${version}`,
      image: `quay.io/${name}/bundle@${digest('b')}`,
      properties: [{ type: 'olm.package', value: { packageName: name, version } }],
      relatedImages: [`quay.io/${name}/bundle@${digest('b')}`, ...images].map((image) => ({ name: '', image })),
    })),
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n');
}

const logging = packageOf('logging', [
  { version: '6.1.0', images: [`quay.io/logging/old@${digest('1')}`] },
  {
    version: '6.2.0',
    replaces: '6.1.0',
    images: [`quay.io/logging/new:v6@${digest('2')}`, 'quay.io/logging/tagged:v6'],
  },
]);
const terminal = packageOf('terminal', [{ version: '1.0.0', images: [`quay.io/terminal/exec@${digest('3')}`] }]);

function pushCatalog(
  files: Readonly<Record<string, string>> = { 'configs/logging.json': logging, 'configs/terminal.json': terminal },
) {
  return source.push('lab/index', 'v4.19', catalogImage([files], { architectures: ['amd64', 'arm64'] }));
}

async function collected(...lines: readonly string[]): Promise<CollectedContent> {
  const document = parsed(
    ['mirror:', '  operators:', ...lines.map((line) => line.replace('HOST', source.host))].join('\n'),
  );
  return source.withSources(source.request(document), (sources) => collect(document, sources));
}

const namesOf = ({ images }: CollectedContent): string[] => images.map(({ repository, tag }) => `${repository}:${tag}`);

describe('collectOperators', () => {
  it('takes the bundles selected, what they need, and the catalog, under the names that oc-mirror gives them', async () => {
    pushCatalog();
    const content = await collected('    - catalog: HOST/lab/index:v4.19', '      packages: [{name: logging}]');
    expect(namesOf(content)).toEqual([
      `logging/bundle:sha256-${'b'.repeat(64)}`,
      'logging/new:v6',
      'logging/tagged:v6',
      'lab/index:v4.19',
    ]);
    expect(content.images.map(({ reference }) => reference.digest?.slice(0, 10))).toEqual([
      'sha256:bbb',
      'sha256:222',
      undefined,
      expect.stringContaining('sha256:'),
    ]);
    expect(content.notes).toEqual([]);
  });

  it('adds what selected operators need where that is asked for, and finds the catalog by the entry that names it', async () => {
    const needy = packageOf('needy', [{ version: '1.0.0' }]).replace(
      '"properties":[',
      '"properties":[{"type":"olm.package.required","value":{"packageName":"terminal","versionRange":">=1.0.0"}},',
    );
    const original = pushCatalog({ 'configs/needy.json': needy, 'configs/terminal.json': terminal });
    const document = parsed(
      `mirror:\n  operators:\n    - catalog: ${source.host}/lab/index:v4.19\n      packages: [{name: needy}]`,
    );
    const collectedWith = (more: object) =>
      source.withSources(source.request(document, more), (sources) => collect(document, sources));
    const without = await collectedWith({});
    const content = await collectedWith({ resolveDependencies: true });
    expect(content.notes).toEqual([
      `${source.host}/lab/index:v4.19: added terminal 1.0.0 (stable), needed by needy.v1.0.0`,
    ]);
    expect(namesOf(content)).toContain(`terminal/exec:sha256-${'3'.repeat(64)}`);
    const pinned = requireImageSet(pinnedConfigOf(document, { images: [], catalogs: content.catalogs }), 'pinned.yaml');
    const [entry] = pinned.config.mirror.operators ?? [];
    expect(entry?.packages).toEqual([{ name: 'needy' }, { name: 'terminal', channels: [{ name: 'stable' }] }]);
    const ids = filterIds(entry as OperatorCatalog, original);
    // Who uploads by the configuration as it was written finds it too.
    expect(content.made.map(({ tag }) => tag)).toEqual([...ids, ...without.made.map(({ tag }) => tag)]);
    expect(content.catalogs.map(operatorsOf)).toEqual([
      {
        catalog: `${source.host}/lab/index:v4.19`,
        heads: [
          { package: 'needy', channel: 'stable', version: '1.0.0' },
          { package: 'terminal', channel: 'stable', version: '1.0.0' },
        ],
        dependencies: ['terminal 1.0.0 (stable), needed by needy.v1.0.0'],
      },
    ]);
    expect(without.catalogs.map(operatorsOf)[0]?.dependencies).toBeUndefined();
  });

  it('builds the catalog of what is selected, and its files that disk-to-mirror reads', async () => {
    const original = pushCatalog();
    const { made, catalogs, files } = await collected(
      '    - catalog: HOST/lab/index:v4.19',
      '      packages: [{name: logging}]',
    );
    const id = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
    // oc-mirror before 4.22 looks for the second.
    expect(made.map(({ source: name, repository, tag }) => [name, repository, tag])).toEqual([
      [`${source.host}/lab/index:v4.19`, 'lab/index', id],
      [`${source.host}/lab/index:v4.19`, 'lab/index', id],
    ]);
    const [{ root, tag } = { root: undefined, tag: '' }, older] = made;
    expect(root?.children).toHaveLength(2);
    expect(older?.root).toEqual(root);
    const folderOf = (name: string | undefined): string =>
      `operator-catalogs/index/${original.slice(7)}/filtered-catalogs/${name}`;
    expect(catalogs).toEqual([
      expect.objectContaining({
        repository: 'lab/index',
        original: { tag: 'v4.19', digest: original },
        rebuilt: { tag, digest: root?.digest },
        folder: folderOf(tag),
      }),
    ]);
    const texts = await Promise.all(
      files.map(async ({ name, pieces }) => [name, (await bytesOf(pieces())).toString()]),
    );
    expect(texts).toEqual(
      [tag, older?.tag].flatMap((name) => [
        [
          `working-dir/${folderOf(name)}/catalog-config/logging/catalog.json`,
          expect.stringContaining('logging.v6.2.0'),
        ],
        [`working-dir/${folderOf(name)}/digest`, root?.digest.slice(7)],
      ]),
    );
    expect(files.map(({ bytes }) => bytes)).toEqual(texts.map(([, text]) => Buffer.byteLength(text as string)));
  });

  it('leaves a whole catalog as it is', async () => {
    pushCatalog();
    const content = await collected('    - catalog: HOST/lab/index:v4.19', '      full: true');
    expect(namesOf(content)).toEqual([
      `logging/bundle:sha256-${'b'.repeat(64)}`,
      `logging/old:sha256-${'1'.repeat(64)}`,
      'logging/new:v6',
      'logging/tagged:v6',
      `terminal/bundle:sha256-${'b'.repeat(64)}`,
      `terminal/exec:sha256-${'3'.repeat(64)}`,
      'lab/index:v4.19',
    ]);
    expect([content.made, content.files]).toEqual([[], []]);
  });

  it('makes the same content from the same catalog, by tag and by digest, and follows targetCatalog and targetTag', async () => {
    const original = pushCatalog();
    const packages = '      packages: [{name: terminal}]';
    const byTag = await collected('    - catalog: HOST/lab/index:v4.19', packages);
    const byDigest = await collected(`    - catalog: HOST/lab/index@${original}`, packages);
    expect(byDigest.made.map(({ root, tag }) => [root, tag])).toEqual(
      byTag.made.slice(0, 1).map(({ root, tag }) => [root, tag]),
    );
    const renamed = await collected(
      '    - catalog: HOST/lab/index:v4.19',
      packages,
      '      targetCatalog: ours/operators',
      '      targetTag: mine',
    );
    expect(namesOf(renamed).at(-1)).toBe('ours/operators:mine');
    expect(renamed.made.map(({ repository, tag }) => `${repository}:${tag}`)).toEqual(
      byTag.made.map(({ tag }) => `ours/operators:${tag}`),
    );
  });

  it('takes a catalog from a folder on disk, and carries all of it', async () => {
    const image = catalogImage([{ 'configs/logging.json': logging }], { architectures: ['amd64', 'arm64'] });
    const folder = join(source.folder, 'index');
    await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
    const { mediaType, digest: root, bytes: size } = image.root;
    const index = { schemaVersion: 2, manifests: [{ mediaType, digest: root, size }] };
    await writeFile(join(folder, 'index.json'), JSON.stringify(index));
    for (const [name, content] of image.blobs)
      await writeFile(join(folder, 'blobs/sha256', name.slice('sha256:'.length)), content);
    const lines = [`    - catalog: oci://${folder}`, '      packages: [{name: logging}]'];
    const { made, images } = await collected(...lines);
    expect(images.map(({ repository }) => repository)).toEqual(['logging/bundle', 'logging/new', 'logging/tagged']);
    expect(made.map(({ repository, tag, root: { digest: found } }) => [repository, tag, found === root])).toEqual([
      ['index', 'latest', true],
      ['index', expect.stringMatching(/^[0-9a-f]{32}$/), false],
      ['index', expect.stringMatching(/^[0-9a-f]{32}$/), false],
    ]);
    for (const { root: tree, content } of made)
      for (const { digest: child, parts } of tree.children)
        for (const part of [child, ...parts.map((each) => each.digest)]) {
          const bytes = await bytesOf(content.get(part)?.pieces() ?? (async function* () {})());
          expect([part, content.get(part)?.bytes]).toEqual([digestOf(bytes), bytes.length]);
        }
    await writeFile(join(folder, 'blobs/sha256', root.slice('sha256:'.length)), '{}');
    await expect(collected(...lines)).rejects.toMatchObject({ code: expect.stringMatching(/^SEQ0(434|510)$/) });
    await writeFile(join(folder, 'index.json'), JSON.stringify({ ...index, manifests: [] }));
    await expect(collected(...lines)).rejects.toMatchObject({ code: 'SEQ0434' });
  });

  it('says what a configuration asks for and does not get', async () => {
    pushCatalog();
    const { notes } = await collected(
      '    - catalog: HOST/lab/index:v4.19',
      '      packages: [{name: logging, channels: [{name: stable}, {name: fast}]}, {name: other}]',
    );
    expect(notes).toEqual([
      `${source.host}/lab/index:v4.19: the catalog has no package other`,
      `${source.host}/lab/index:v4.19: logging has no channel fast`,
    ]);
  });

  it('refuses what oc-mirror refuses, with its place in the configuration', async () => {
    pushCatalog();
    await expect(
      collected(
        '    - catalog: HOST/lab/index:v4.19',
        '      packages:',
        '        - name: terminal',
        '          channels: [{name: fast}]',
        '        - name: logging',
        '          channels: [{name: fast}]',
      ),
    ).rejects.toMatchObject({
      code: 'SEQ0432',
      what: expect.stringContaining('The default channel of package logging'),
      at: { line: 9 },
      others: [{ what: expect.stringContaining('The default channel of package terminal'), at: { line: 7 } }],
    });
  });

  it('refuses an image that cannot be mirrored because of its name, unless it is blocked', async () => {
    pushCatalog({ 'configs/a.json': packageOf('a', [{ version: '1.0.0', images: ['quay.io/a/untagged'] }]) });
    const lines = ['    - catalog: HOST/lab/index:v4.19', '      packages: [{name: a}]'];
    await expect(collected(...lines)).rejects.toMatchObject({
      code: 'SEQ0433',
      what: expect.stringContaining('a.v1.0.0'),
      at: { line: 5 },
    });
    const content = await collected(...lines, '  blockedImages:', '    - name: quay.io/a/untagged');
    expect(namesOf(content)).toEqual([`a/bundle:sha256-${'b'.repeat(64)}`, 'lab/index:v4.19']);
  });

  it('refuses an image that is not a catalog, and a catalog without the packages', async () => {
    source.image('lab/index', 'v4.19', ['no layer']);
    await expect(collected('    - catalog: HOST/lab/index:v4.19')).rejects.toMatchObject({ code: 'SEQ0431' });
    pushCatalog();
    const lines = ['    - catalog: HOST/lab/index:v4.19', '      packages: [{name: none}]'];
    await expect(collected(...lines)).rejects.toMatchObject({
      code: 'SEQ0432',
      what: `${source.host}/lab/index:v4.19 has no package none`,
      next: 'Use one of the 2 packages of the catalog: logging, terminal',
      at: { line: 6 },
    });
  });

  it('names each package that a catalog lacks, and the one that is probably meant', async () => {
    pushCatalog();
    const lines = ['    - catalog: HOST/lab/index:v4.19', '      packages:', '        - name: terminl'];
    await expect(collected(...lines, '        - name: loging')).rejects.toMatchObject({
      code: 'SEQ0432',
      what: `${source.host}/lab/index:v4.19 has no package terminl`,
      next: 'If you mean `terminal`, write `terminal`',
      at: { line: 7 },
      others: [{ next: 'If you mean `logging`, write `logging`', at: { line: 8 } }],
    });
    const { notes } = await collected(...lines, '        - name: logging');
    expect(notes).toEqual([
      `${source.host}/lab/index:v4.19: the catalog has no package terminl; the most similar name is terminal`,
    ]);
  });
});
