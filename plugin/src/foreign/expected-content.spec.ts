import type { WorkingDir } from '../archive/working-dir';
import { filterIds } from '../catalog/filter-id';
import { requireImageSet } from '../imageset/document';
import { digestFromHex } from '../oci/digest';
import { expectedContent } from './expected-content';

const hex = (digit: string): string => digit.repeat(64);
const digest = (digit: string) => digestFromHex(hex(digit));

function workingDirOf(files: Readonly<Record<string, string>>): WorkingDir {
  return {
    paths: Object.keys(files),
    text: async (path) => files[path],
    file: (path) => {
      const content = Buffer.from(files[path] ?? '');
      return {
        name: `working-dir/${path}`,
        bytes: content.length,
        read: async () => content,
        pieces: async function* () {
          yield content;
        },
      };
    },
  };
}

function ask(mirror: string, files: Record<string, string> = {}, tags: Record<string, string> = {}) {
  const text = `apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\nmirror:\n${mirror}`;
  return expectedContent({
    config: requireImageSet(text, 'isc.yaml').config,
    workingDir: workingDirOf(files),
    tags: new Map(Object.entries(tags).map(([place, digit]) => [place, digest(digit)])),
  });
}

const lines = (images: Awaited<ReturnType<typeof expectedContent>>['images']): string[] =>
  images.map(({ kind, source, repository, tag }) => `${kind} ${source} ${repository}:${tag}`);

const imageReferences = (version: string): string =>
  JSON.stringify({
    kind: 'ImageStream',
    metadata: { name: version },
    spec: {
      tags: [{ name: 'etcd', from: { name: `quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:${hex('e')}` } }],
    },
  });
const held = (tag: string): Record<string, string> => ({
  [`hold-release/ocp-release/${tag}/release-manifests/image-references`]: imageReferences(tag),
});

describe('expectedContent additional images', () => {
  it('knows their places, and leaves out blocked ones', async () => {
    const { images, unknown } = await ask(
      '  additionalImages:\n    - name: registry.redhat.io/ubi9/ubi:9.5\n    - name: quay.io/acme/tool:1\n  blockedImages:\n    - name: acme\n',
    );
    expect(lines(images)).toEqual(['additional registry.redhat.io/ubi9/ubi:9.5 ubi9/ubi:9.5']);
    expect([...unknown]).toEqual([]);
  });
});

describe('expectedContent releases', () => {
  const channel = (rest = ''): string => `  platform:\n    channels:\n      - name: stable-4.19\n${rest}`;

  it('reads the components, and the payload’s name from the update graph', async () => {
    const graph = JSON.stringify({
      nodes: [{ version: '4.19.2', payload: `registry.example/release@sha256:${hex('a')}` }],
    });
    const { images } = await ask(
      `${channel()}    graph: true\n`,
      { ...held('4.19.2-x86_64'), 'hold-release/cincinnati-graph-data/amd64-stable-4.19.json': graph },
      { 'openshift/release-images:4.19.2-x86_64': 'a' },
    );
    expect(lines(images)).toEqual([
      'release openshift/graph-image:latest openshift/graph-image:latest',
      'release registry.example/release:4.19.2-x86_64 openshift/release-images:4.19.2-x86_64',
      `release quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:${hex('e')} openshift/release:4.19.2-x86_64-etcd`,
    ]);
  });

  it.each([
    { name: 'only the newest of a channel without bounds', rest: '', wanted: ['4.19.10'] },
    {
      name: 'those within bounds',
      rest: '        minVersion: 4.19.2\n        maxVersion: 4.19.9\n',
      wanted: ['4.19.2', '4.19.9'],
    },
    { name: 'everything of a full channel', rest: '        full: true\n', wanted: ['4.19.2', '4.19.9', '4.19.10'] },
  ])('takes $name of what a destination collected', async ({ rest, wanted }) => {
    const files = Object.assign(
      {},
      ...['4.18.30', '4.19.2', '4.19.9', '4.19.10'].map((version) => held(`${version}-x86_64`)),
    );
    const { images } = await ask(channel(rest), files);
    const releases = images.filter(({ repository }) => repository === 'openshift/release-images');
    expect(releases.map(({ tag }) => tag.replace('-x86_64', ''))).toEqual(wanted);
  });

  it.each([
    { name: 'is not there', files: {} },
    {
      name: 'cannot be read',
      files: { 'hold-release/ocp-release/4.19.2-x86_64/release-manifests/image-references': '{' },
    },
  ])('says so if it does not know all of them because the list $name', async ({ files }) => {
    expect([...(await ask(channel(), files)).unknown]).toEqual(['release']);
  });
});

describe('expectedContent operators', () => {
  const catalog = 'registry.redhat.io/redhat/redhat-operator-index:v4.19';
  const place = 'redhat/redhat-operator-index:v4.19';
  const mirror = `  operators:\n    - catalog: ${catalog}\n      packages:\n        - name: web-terminal\n`;
  const id = filterIds({ catalog, packages: [{ name: 'web-terminal' }] }, digest('a'))[0] as string;
  const kept = `operator-catalogs/redhat-operator-index/${hex('a')}/filtered-catalogs/${id}`;
  const bundle = JSON.stringify({
    schema: 'olm.bundle',
    package: 'web-terminal',
    name: 'web-terminal.v1',
    image: `registry.redhat.io/web-terminal/bundle@sha256:${hex('b')}`,
    relatedImages: [{ name: 'operator', image: `registry.redhat.io/web-terminal/operator@sha256:${hex('c')}` }],
  });

  it('finds the catalog as it was filtered, and all images that its bundles name', async () => {
    const files = { [`${kept}/digest`]: hex('d'), [`${kept}/catalog-config/web-terminal/catalog.json`]: bundle };
    const { images, catalogs, notes } = await ask(mirror, files, { [place]: 'a' });
    expect(lines(images)).toEqual([
      `operator ${catalog} ${place}`,
      `operator ${catalog} redhat/redhat-operator-index:${id}`,
      `operator registry.redhat.io/web-terminal/bundle@sha256:${hex('b')} web-terminal/bundle:sha256-${hex('b')}`,
      `operator registry.redhat.io/web-terminal/operator@sha256:${hex('c')} web-terminal/operator:sha256-${hex('c')}`,
    ]);
    expect(catalogs[0]).toMatchObject({ rebuilt: { tag: id, digest: digest('d') } });
    expect(notes).toEqual([]);
  });

  it('says so if the archives only have another filtered catalog', async () => {
    const other = kept.replace(id, '0'.repeat(32));
    const { images, unknown, notes } = await ask(mirror, { [`${other}/digest`]: hex('d') }, { [place]: 'a' });
    expect(images).toEqual([]);
    expect([...unknown]).toEqual(['operator']);
    expect(notes[0]).toContain('do not contain the catalog registry.redhat.io/redhat/redhat-operator-index:v4.19');
  });

  it('says so if the filtered catalog is not a catalog', async () => {
    const files = { [`${kept}/digest`]: hex('d'), [`${kept}/catalog-config/web-terminal/catalog.json`]: '{"a":' };
    const { unknown, notes } = await ask(mirror, files, { [place]: 'a' });
    expect([...unknown]).toEqual(['operator']);
    expect(notes[0]).toContain('is not a file-based catalog');
  });
});
