import { execFile } from 'node:child_process';
import { chmod, link, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFile, isLeftOver, openToAppend, openToChange, writeFileAtomically } from './atomic-file';
import { makeFolder, move, removeFile, removeTree } from './change-folder';
import type { PathBelow } from './path-below';
import { below, privateRoot, readableRoot } from './path-below';

let outside: string;
let folder: string;
const at = (...names: string[]): PathBelow => below(readableRoot(folder), ...names);
const canary = (): string => join(outside, 'canary');

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'seqmirror-atomic-'));
  folder = join(outside, 'folder');
  await mkdir(folder);
  await writeFile(canary(), 'untouched');
});
afterEach(async () => {
  expect(await readFile(canary(), 'utf8')).toBe('untouched');
  await rm(outside, { recursive: true, force: true });
});

describe('writeFileAtomically', () => {
  it('makes the folder, the file, and nothing else', async () => {
    await writeFileAtomically(at('a', 'b.yaml'), 'text\n');
    expect(await readdir(join(folder, 'a'))).toEqual(['b.yaml']);
    expect(await readFile(join(folder, 'a', 'b.yaml'), 'utf8')).toBe('text\n');
  });

  it('replaces the old file by a new one; readers of the old one keep it', async () => {
    const path = join(folder, 'b.yaml');
    await writeFile(path, 'old');
    const before = await stat(path);
    await writeFileAtomically(at('b.yaml'), 'new');
    expect((await stat(path)).ino).not.toBe(before.ino);
  });

  it('removes what a killed writer left behind, of this version and of earlier ones, and nothing else', async () => {
    const others = ['.b.yaml.short.tmp', '.c.yaml.0123456789abcdef.tmp', 'b.yaml.tmp'];
    for (const name of ['.b.yaml.tmp', '.b.yaml.0123456789abcdef.tmp', ...others])
      await writeFile(join(folder, name), 'a longer text that was never finished');
    await writeFileAtomically(at('b.yaml'), 'new');
    expect(await readFile(join(folder, 'b.yaml'), 'utf8')).toBe('new');
    expect((await readdir(folder)).sort()).toEqual([...others, 'b.yaml'].sort());
  });

  it('leaves nothing behind if it may not write', async () => {
    await mkdir(join(folder, 'b.yaml'));
    await expect(writeFileAtomically(at('b.yaml'), 'x')).rejects.toThrow('EISDIR');
    expect(await readdir(folder)).toEqual(['b.yaml']);
  });

  it.each(['.b.yaml.tmp', '.b.yaml.0123456789abcdef.tmp', 'b.yaml'])(
    'writes through no link that was planted as %s',
    async (name) => {
      await symlink(canary(), join(folder, name));
      await writeFileAtomically(at('b.yaml'), 'new');
      expect((await lstat(join(folder, 'b.yaml'))).isFile()).toBe(true);
      expect(await readdir(folder)).toEqual(['b.yaml']);
    },
  );

  it('writes through no hard link', async () => {
    await link(canary(), join(folder, 'b.yaml'));
    await link(canary(), join(folder, '.b.yaml.tmp'));
    await writeFileAtomically(at('b.yaml'), 'new');
    expect(await readdir(folder)).toEqual(['b.yaml']);
  });

  it('uses temporary names that oc-mirror does not take for archives', async () => {
    await writeFile(join(folder, '.mirror_000001_tar.0123456789abcdef.tmp'), '');
    await writeFileAtomically(at('mirror_000001.tar'), '');
    expect(await readdir(folder)).toEqual(['mirror_000001.tar']);
    expect(isLeftOver('.mirror_000001_tar.0123456789abcdef.tmp')).toBe(true);
  });

  it('writes names of 255 bytes', async () => {
    const name = 'x'.repeat(255);
    await writeFileAtomically(at(name), 'new');
    expect(await readdir(folder)).toEqual([name]);
  });
});

describe('every function that changes a folder', () => {
  const doings: [string, (file: PathBelow) => Promise<unknown>][] = [
    ['writing', (file) => writeFileAtomically(file, 'x')],
    ['making', async (file) => (await createFile(file)).close()],
    ['changing', async (file) => (await openToChange(file)).close()],
    ['appending', async (file) => (await openToAppend(file)).close()],
    ['making a folder', makeFolder],
    ['removing', removeFile],
    ['removing a tree', removeTree],
    ['moving', (file) => move(file, at('elsewhere'))],
    ['moving to', async (file) => move(at('plain'), file)],
  ];

  it.each(doings)('refuses a link on the way when %s', async (_, doing) => {
    await mkdir(join(outside, 'theirs'));
    await writeFile(join(outside, 'theirs', 'canary'), '');
    await writeFile(join(folder, 'plain'), '');
    await symlink(join(outside, 'theirs'), join(folder, 'chain'));
    await expect(doing(at('chain', 'canary'))).rejects.toMatchObject({
      code: 'SEQ0708',
      what: expect.stringContaining(`${join(folder, 'chain')} is a symbolic link`) as string,
    });
    expect(await readdir(join(outside, 'theirs'))).toEqual(['canary']);
  });

  it.each(doings)('works in a folder that is itself behind a link when %s', async (_, doing) => {
    await mkdir(join(outside, 'mnt', 'home'), { recursive: true });
    await symlink(join(outside, 'mnt', 'home'), join(outside, 'home'));
    folder = join(outside, 'home', 'workspace');
    await mkdir(folder);
    await writeFile(join(folder, 'plain'), '');
    if (doing !== makeFolder) await writeFile(join(folder, 'file'), '');
    await doing(at('file'));
  });

  it('opens no link to change it or add to it', async () => {
    await symlink(canary(), join(folder, 'journal'));
    await expect(openToChange(at('journal'))).rejects.toMatchObject({ code: 'SEQ0708' });
    await expect(openToAppend(at('journal'))).rejects.toMatchObject({ code: 'SEQ0708' });
  });

  it('does not wait for a pipe, and leaves it where it is', async () => {
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
    for (const open of [openToChange, openToAppend, createFile])
      await expect(open(at('pipe'))).rejects.toMatchObject({ code: 'SEQ0709' });
    expect((await lstat(join(folder, 'pipe'))).isFIFO()).toBe(true);
  });

  it('refuses a name that leads out of the root', () => {
    expect(() => at('..', 'canary')).toThrow('SEQ0708');
    expect(() => at(canary())).toThrow('SEQ0708');
    expect(at('..fine').path).toBe(join(folder, '..fine'));
  });
});

describe('modes', () => {
  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

  it.each([0o077, 0o022, 0o000, 0o777])('are as they should be, whatever the umask (%#)', async (mask) => {
    const before = process.umask(mask);
    try {
      for (const [root, folders, files, programs] of [
        [readableRoot(join(folder, 'readable')), '755', '644', '755'],
        [privateRoot(join(folder, 'private')), '700', '600', '700'],
      ] as const) {
        await writeFileAtomically(below(root, 'a', 'b', 'file'), 'x');
        await writeFileAtomically(below(root, 'script'), 'x', { executable: true });
        await (await createFile(below(root, 'made'))).close();
        const modes = ['', 'a', 'a/b', 'a/b/file', 'script', 'made'].map((name) => modeOf(join(root.path, name)));
        expect(await Promise.all(modes)).toEqual([folders, folders, folders, files, programs, files]);
      }
    } finally {
      process.umask(before);
      await chmod(folder, 0o755);
    }
  });
});
