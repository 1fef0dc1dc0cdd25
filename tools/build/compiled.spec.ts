/** What this repository's own Nx commands run: in a copy of the repository that has two modules. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seqmirror-compiled-'));
  await mkdir(join(root, 'tools/build'), { recursive: true });
  await mkdir(join(root, 'plugin/src/words'), { recursive: true });
  for (const name of ['compile.mjs', 'compiled.cjs'])
    await copyFile(join(__dirname, name), join(root, 'tools/build', name));
  await symlink(join(__dirname, '../../node_modules'), join(root, 'node_modules'));
  await writeFile(join(root, 'package-lock.json'), '{}');
  await write('index.ts', "import { word } from './words/word';\nexport const said = (): string => `It is ${word}`;\n");
  await write('words/word.ts', "export const word: string = 'old';\n");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (file: string, text: string): Promise<void> => writeFile(join(root, 'plugin/src', file), text);

/** What a process says that loads the module as Nx does. */
async function said(): Promise<string> {
  const program = "console.log(require('./tools/build/compiled.cjs').compiled('index').said())";
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: root });
  return stdout.trim();
}

const states = (): Promise<string[]> => readdir(join(root, 'plugin/.compiled'));

describe('compiled', () => {
  it('runs what the source says now, whichever file was changed', async () => {
    expect(await said()).toBe('It is old');
    // As long as it was.
    await write('words/word.ts', "export const word: string = 'new';\n");
    expect(await said()).toBe('It is new');
    await write('index.ts', "import { word } from './words/word';\nexport const said = (): string => `Now ${word}`;\n");
    expect(await said()).toBe('Now new');
  });

  it('compiles once after a change, though several commands begin at once, and not for specs', async () => {
    expect(await Promise.all([said(), said(), said()])).toEqual(['It is old', 'It is old', 'It is old']);
    const [first, ...others] = await states();
    expect(others).toEqual([]);
    await write('words/word.spec.ts', 'no code at all');
    expect(await said()).toBe('It is old');
    expect(await states()).toEqual([first]);
  });

  it('fails where the source cannot be compiled, and runs nothing older', async () => {
    await said();
    await write('words/word.ts', 'export const word = ;\n');
    await expect(said()).rejects.toThrow(/Expression expected/);
    await write('words/word.ts', "export const word = 'right';\n");
    expect(await said()).toBe('It is right');
  });
});
