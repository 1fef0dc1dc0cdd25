import { access, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeOwnNote } from '../../system/own-note';
import { inPrivateFolder } from '../../system/path-below';
import { noteFingerprints, removeDamaged } from './fingerprints';
import type { Folders } from './folders';
import { foldersIn } from './folders';

describe('fingerprints of a working-dir', () => {
  let root: string;
  let folders: Folders;
  let catalog: string;
  let keyFile: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seqmirror-'));
    folders = foldersIn(join(root, 'engine'));
    keyFile = join(root, 'config', 'operator.key');
    catalog = await filtered('one');
    await write('hold-release/ocp-release/4.19.2-x86_64/release-manifests/image-references', '{}');
    await write('release-images/ocp-release/4.19.2-x86_64/index.json', '{}');
    await noteFingerprints(folders, keyFile);
  });
  afterEach(() => rm(root, { recursive: true }));

  async function filtered(id: string): Promise<string> {
    const folder = join(folders.workingDir, 'operator-catalogs', 'index', '0a', 'filtered-catalogs', id);
    await mkdir(join(folder, 'catalog-config', 'a'), { recursive: true });
    await writeFile(join(folder, 'digest'), 'ab'.repeat(32));
    await writeFile(join(folder, 'catalog-config', 'a', 'catalog.json'), '{}');
    return folder;
  }

  async function write(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(folders.workingDir, name)), { recursive: true });
    await writeFile(join(folders.workingDir, name), text);
  }
  const removed = (believed = false): Promise<number> => removeDamaged(folders, { keyFile, believed });

  it('leave alone what has not changed', async () => {
    expect(await removed()).toBe(0);
  });

  it('leave new parts alone after a killed run of ours, and if everybody who can write there is believed', async () => {
    await filtered('two');
    expect(await removed(true)).toBe(0);
    await noteFingerprints(folders, undefined);
    await filtered('three');
    expect(await removeDamaged(folders, { keyFile: undefined, believed: false })).toBe(0);
    await writeFile(join(catalog, 'digest'), '');
    expect(await removeDamaged(folders, { keyFile: undefined, believed: false })).toBe(1);
  });

  it('leave alone what each run removes or writes again anyway', async () => {
    for (const name of ['logs/oc.log', 'dry-run/mapping.txt', '.history/.history-2026-01-01T00:00:00Z'])
      await write(name, 'x');
    await write('isc_pinned_2026-11-23T06:08:52Z.yaml', 'x');
    await write('release-images/ocp-release/4.19.2-x86_64/blobs/sha256/layer', 'x'.repeat(64 * 1024 + 1));
    expect(await removed()).toBe(0);
  });

  it.each([
    ['a filtered catalog', () => filtered('planted')],
    ['the images of a release', () => write('hold-release/a/4.20.0/release-manifests/image-references', '{}')],
    ['the payload of a release', () => write('release-images/ocp-release/4.20.0-x86_64/index.json', '{}')],
    [
      'another list of the images of a release',
      () => write('hold-release/ocp-release/4.19.2-x86_64/release-manifests/image-references', '{"x":1}'),
    ],
    ['a link', () => symlink('/etc', join(folders.workingDir, 'hold-release', 'link'))],
    ['a chart', () => write('helm/charts/a-1.tgz', 'x')],
  ])('detect %s that somebody planted', async (_what, plant) => {
    await plant();
    expect(await removed()).toBe(1);
    expect(await removed()).toBe(0);
  });

  it.each([
    ['without a MAC', () => noteFingerprints(folders, undefined)],
    ['with the MAC of another account', () => noteFingerprints(folders, join(root, 'theirs', 'operator.key'))],
    [
      'that is another note of ours',
      async () => writeOwnNote({ file: inPrivateFolder(folders.fingerprints), keyFile, purpose: 'another' }, {}),
    ],
    ['as earlier versions wrote it', () => writeFile(folders.fingerprints, '{}')],
    [
      'that is a link to a file without end',
      () => rm(folders.fingerprints).then(() => symlink('/dev/zero', folders.fingerprints)),
    ],
  ])('believe no planted catalog by a note %s', async (_what, note) => {
    await filtered('planted');
    await note();
    expect(await removed()).toBe(4);
    await expect(access(catalog)).rejects.toThrow('ENOENT');
  });

  it.each([
    { name: 'a file that was cut', damage: () => writeFile(join(catalog, 'catalog-config', 'a', 'catalog.json'), '{') },
    { name: 'a missing file', damage: () => rm(join(catalog, 'catalog-config', 'a', 'catalog.json')) },
    { name: 'an empty digest', damage: () => writeFile(join(catalog, 'digest'), '') },
  ])('detect $name', async ({ damage }) => {
    await damage();
    expect(await removed(true)).toBe(1);
    await expect(access(catalog)).rejects.toThrow('ENOENT');
  });

  it('detect nothing if their own file is damaged', async () => {
    await writeFile(folders.fingerprints, '{"operator-cat');
    expect(await removed(true)).toBe(0);
  });
});
