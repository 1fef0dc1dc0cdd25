import { neededOfCatalogs } from '../catalog/needed-files';
import { digestFromHex } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { neededOfReleases } from '../release/needed-files';
import type { FileSource } from './needed-files';
import { neededFiles } from './needed-files';

const digest = digestFromHex('c'.repeat(64));
const id = 'f'.repeat(32);
const catalog = `working-dir/operator-catalogs/redhat-operator-index/${'0'.repeat(64)}/filtered-catalogs/${id}`;
const release = (tag: string) => `working-dir/hold-release/ocp-release/${tag}/release-manifests/image-references`;
const signature = (tag: string) => `working-dir/signatures/${tag}-sha256-${'e'.repeat(64)}`;
const graphName = 'working-dir/hold-release/cincinnati-graph-data/amd64-stable-4.99.json';
const graph = (...versions: string[]) => JSON.stringify({ nodes: versions.map((version) => ({ version })), edges: [] });

const config = {
  config: {
    mirror: { platform: { channels: [{}] }, operators: [{ catalog: 'registry.redhat.io/c:v4', packages: [{}] }] },
  },
};
const images: MirroredImage[] = [
  { kind: 'release', source: 'a', digest, repository: 'openshift/release-images', tag: '4.99.0-x86_64' },
  { kind: 'operator', source: 'b', digest, repository: 'redhat/redhat-operator-index', tag: id },
];

function source(where: string, files: Record<string, string>): FileSource {
  return {
    where,
    files: Object.entries(files).map(([name, text]) => ({
      name,
      bytes: text.length,
      pieces: async function* () {
        yield Buffer.from(text);
      },
      read: async () => Buffer.from(text),
    })),
  };
}

async function chosen(sources: FileSource[], has: string[] = []) {
  const { files, lacking } = await neededFiles(sources, {
    config,
    parts: [neededOfReleases(images), neededOfCatalogs(images)],
    has: new Set(has),
  });
  const texts: Record<string, string> = {};
  for (const { name, pieces } of files) for await (const piece of pieces()) texts[name] = String(piece);
  return { texts, lacking };
}

const whole = {
  [release('4.99.0-x86_64')]: 'references',
  [signature('4.99.0-x86_64')]: 'signature',
  [graphName]: graph('4.99.0'),
  [`${catalog}/digest`]: 'c'.repeat(64),
  [`${catalog}/catalog-config/web/catalog.json`]: 'web',
};

describe('neededFiles', () => {
  it('chooses what the sequence needs, and nothing of another release or catalog', async () => {
    const others = {
      [release('4.99.1-x86_64')]: 'of another',
      [catalog.replace(id, 'd'.repeat(32)) + '/digest']: 'c'.repeat(64),
      'working-dir/logs/oc-mirror.log': 'said',
      'working-dir/containers/registries.d/a.yaml': 'old',
    };
    expect(await chosen([source('seq2', { ...whole, ...others })])).toEqual({ texts: whole, lacking: [] });
  });

  it('chooses the first place that has a file, and leaves out what is there already', async () => {
    const [first, second] = [source('seq2', { [release('4.99.0-x86_64')]: 'first' }), source('seq3', whole)];
    expect((await chosen([first, second])).texts[release('4.99.0-x86_64')]).toBe('first');
    const { texts, lacking } = await chosen([second], [signature('4.99.0-x86_64')]);
    expect([Object.keys(texts).includes(signature('4.99.0-x86_64')), lacking]).toEqual([false, []]);
  });

  it('chooses all files of a catalog from one place, and only if its digest is that of the image', async () => {
    const other = source('seq2', { [`${catalog}/digest`]: 'a'.repeat(64), [`${catalog}/catalog-config/x`]: 'x' });
    const half = source('seq3', { [`${catalog}/catalog-config/y`]: 'y' });
    const more = source('seq5', { ...whole, [`${catalog}/catalog-config/z`]: 'z' });
    const { texts } = await chosen([other, half, source('seq4', whole), more]);
    expect(Object.keys(texts).filter((name) => name.startsWith(catalog))).toEqual([
      `${catalog}/digest`,
      `${catalog}/catalog-config/web/catalog.json`,
    ]);
  });

  it('cuts a later graph back to the releases of the sequence', async () => {
    const { texts } = await chosen([source('seq2', { ...whole, [graphName]: graph('4.99.0', '4.99.1') })]);
    expect(JSON.parse(texts[graphName] ?? '')).toEqual({ nodes: [{ version: '4.99.0' }], edges: [] });
  });

  it('names what is found nowhere', async () => {
    expect((await chosen([])).lacking).toEqual([
      'the list of images of release 4.99.0-x86_64 (image-references)',
      'the signature of release 4.99.0-x86_64',
      'the update graph of its channels (cincinnati-graph-data)',
      `the filtered catalog ${id} of registry.redhat.io/c:v4`,
    ]);
  });
});
