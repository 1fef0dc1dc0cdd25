import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteFingerprints, removeDamaged } from './fingerprints';
import { foldersIn } from './folders';
import type { Folders } from './folders';

describe('fingerprints of filtered catalogs', () => {
  let root: string;
  let folders: Folders;
  let catalog: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seqmirror-'));
    folders = foldersIn(root);
    catalog = await filtered('one');
    await noteFingerprints(folders);
  });
  afterEach(() => rm(root, { recursive: true }));

  async function filtered(id: string): Promise<string> {
    const folder = join(folders.workingDir, 'operator-catalogs', 'index', '0a', 'filtered-catalogs', id);
    await mkdir(join(folder, 'catalog-config', 'a'), { recursive: true });
    await writeFile(join(folder, 'digest'), 'ab'.repeat(32));
    await writeFile(join(folder, 'catalog-config', 'a', 'catalog.json'), '{}');
    return folder;
  }

  it('leave unchanged and new catalogs alone', async () => {
    await filtered('two');
    expect(await removeDamaged(folders)).toBe(0);
  });

  it.each([
    { name: 'a file that was cut', damage: () => writeFile(join(catalog, 'catalog-config', 'a', 'catalog.json'), '{') },
    { name: 'a missing file', damage: () => rm(join(catalog, 'catalog-config', 'a', 'catalog.json')) },
    { name: 'an empty digest', damage: () => writeFile(join(catalog, 'digest'), '') },
  ])('detect $name', async ({ damage }) => {
    await damage();
    expect(await removeDamaged(folders)).toBe(1);
    await expect(access(catalog)).rejects.toThrow('ENOENT');
  });

  it('detect nothing if their own file is damaged', async () => {
    await writeFile(folders.fingerprints, '{"operator-cat');
    expect(await removeDamaged(folders)).toBe(0);
  });
});
