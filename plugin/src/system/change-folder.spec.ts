import { existsSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../../testing/worlds/folders';
import { makeFolder } from './change-folder';
import { privateRoot } from './path-below';

describe('makeFolder', () => {
  let folder: string;
  beforeEach(() => void (folder = newFolder('change-folder')));
  afterEach(() => rmSync(folder, { recursive: true }));
  const made = (path: string) => makeFolder({ root: privateRoot(path), path });

  it('makes a root with the folders above it, and accepts one that is there', async () => {
    const path = join(folder, 'a/b/c');
    await made(path);
    await made(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('fails at a file, below one, and at a link that leads nowhere', async () => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
    for (const path of ['file', 'file/a', 'link'])
      await expect(made(join(folder, path))).rejects.toMatchObject({ code: 'SEQ0702' });
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('ends where the system lets nobody make a folder', async () => {
    // Linux says there that the folder does not exist, however often it is asked.
    const path = existsSync('/proc/self') ? '/proc/seqmirror/below' : join(folder, 'file/below');
    if (!path.startsWith('/proc')) writeFileSync(join(folder, 'file'), '');
    await expect(made(path)).rejects.toMatchObject({ code: 'SEQ0702' });
  });
});
