import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomically', () => {
  it('makes the folder, the file, and nothing else', async () => {
    await writeFileAtomically(join(folder, 'a', 'b.yaml'), 'text\n');
    expect(await readdir(join(folder, 'a'))).toEqual(['b.yaml']);
    expect(await readFile(join(folder, 'a', 'b.yaml'), 'utf8')).toBe('text\n');
  });

  it('puts another file in the place of the old one, which whoever reads it keeps', async () => {
    const path = join(folder, 'b.yaml');
    await writeFile(path, 'old');
    const before = await stat(path);
    await writeFileAtomically(path, 'new');
    expect((await stat(path)).ino).not.toBe(before.ino);
  });

  it('writes over what a killed writer left aside', async () => {
    await writeFile(join(folder, '.b.yaml.tmp'), 'a longer text that was never finished');
    await writeFileAtomically(join(folder, 'b.yaml'), 'new');
    expect(await readFile(join(folder, 'b.yaml'), 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['b.yaml']);
  });

  it('leaves nothing behind where it may not write', async () => {
    await mkdir(join(folder, 'b.yaml'));
    await expect(writeFileAtomically(join(folder, 'b.yaml'), 'x')).rejects.toThrow('EISDIR');
    expect(await readdir(folder)).toEqual(['b.yaml']);
  });
});
