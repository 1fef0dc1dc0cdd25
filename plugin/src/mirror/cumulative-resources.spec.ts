import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../../testing/worlds/folders';
import { inPrivateFolder } from '../system/path-below';
import { writeResources } from './cumulative-resources';

const resources = new Map([
  ['idms-oc-mirror.yaml', 'kind: ImageDigestMirrorSet\n'],
  ['cs-index.yaml', 'kind: CatalogSource\n'],
]);

describe('writeResources', () => {
  let folder: string;
  beforeEach(() => void (folder = newFolder('resources')));
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each<[string, (folder: string) => void]>([
    ['nothing', () => undefined],
    ['other resources', (folder) => writeFileSync(join(folder, 'cs-other.yaml'), 'kind: CatalogSource\n')],
    [
      'another text of the same length',
      (folder) => writeFileSync(join(folder, 'cs-index.yaml'), 'kind: CatalogSourcX\n'),
    ],
    ['folders', (folder) => void mkdirSync(join(folder, 'cs-index.yaml/below'), { recursive: true })],
    ['a link', (folder) => symlinkSync('idms-oc-mirror.yaml', join(folder, 'cs-index.yaml'))],
  ])('leaves nothing but the resources where it finds %s', async (_, prepare) => {
    prepare(folder);
    await writeResources(inPrivateFolder(folder), resources);
    expect(readdirSync(folder).sort()).toEqual(['cs-index.yaml', 'idms-oc-mirror.yaml']);
    for (const [name, text] of resources) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  it('does not write again what is the same', async () => {
    const inodes = (): number[] => [...resources.keys()].map((name) => statSync(join(folder, name)).ino);
    await writeResources(inPrivateFolder(folder), resources);
    const before = inodes();
    await writeResources(inPrivateFolder(folder), resources);
    expect(inodes()).toEqual(before);
  });
});
