/** The index of what was checked is believed only about the very files that were read, and only if it is ours. */
import { chmod, link, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from '../../../testing/worlds/folders';
import { writeOwnText } from '../system/own-note';
import { privateRoot, below } from '../system/path-below';
import { openCheckedRecords } from './checked-records';
import type { Mirror } from './mirror';
import { openMirror } from './mirror';

const names = ['seq-inventory.jsonl'];
const large = 'a'.repeat(600 * 1024);

let root: string;
let folder: string;
let file: string;

beforeEach(async () => {
  // Files that were written a moment ago are not believed to be settled; these are as old as the hour.
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  root = newFolder('checked');
  folder = join(root, 'workspace/mirror/content/seq1-baseline');
  file = join(folder, 'seq-inventory.jsonl');
  await mkdir(folder, { recursive: true });
  await writeFile(join(root, 'workspace/mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
  await writeFile(file, large);
  // Whole seconds, so that a test can set the same time again.
  await utimes(file, 1_000_000_000, 1_000_000_000);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await chmod(join(root, 'data'), 0o700).catch(() => undefined);
  await rm(root, { recursive: true, force: true });
});

const open = (workspace = 'workspace'): Promise<Mirror> =>
  openMirror({
    workspaceRoot: join(root, workspace),
    mirrorRoot: 'mirror',
    env: { HOME: join(root, 'home'), SEQMIRROR_DATA_DIR: join(root, 'data') },
  });

/** What is found by reading, once, in a run of its own; `as known` if it was not read. */
async function run(found: string, { workspace = 'workspace', what = 'question' } = {}): Promise<string> {
  const mirror = await open(workspace);
  const records = await openCheckedRecords(mirror);
  const at = (path: string) => path.replace(join(root, 'workspace'), join(root, workspace));
  let isRead = false;
  const question = { what, folder: at(folder), names };
  const answer = await records.answerTo(question, () => {
    isRead = true;
    return Promise.resolve(found);
  });
  await records.keep();
  return isRead ? answer : `as known: ${answer}`;
}

const indexes = () => readdir(join(root, 'data/test/checked')).catch(() => []);
async function index(): Promise<string> {
  const [name = ''] = await indexes();
  return join(root, 'data/test/checked', name);
}

describe('what was found in files', () => {
  it('is known to later runs', async () => {
    expect(await run('first')).toBe('first');
    expect(await run('second')).toBe('as known: first');
    expect((await stat(await index())).mode & 0o777).toBe(0o600);
  });

  it('is known for each question by itself', async () => {
    await run('first');
    expect(await run('second', { what: 'another question' })).toBe('second');
    expect(await run('third')).toBe('as known: first');
  });

  it('is not kept where reading again takes no time', async () => {
    await writeFile(file, 'short');
    await run('first');
    expect(await indexes()).toEqual([]);
    expect(await run('second')).toBe('second');
  });

  it('builds on other files, and is found again if one of these was changed', async () => {
    const second = join(folder, 'seq-metadata.yaml');
    await writeFile(second, 'one');
    const ask = async (found: string) => {
      const records = await openCheckedRecords(await open());
      const after = records.ask<true>({ what: 'before', folder, names: ['seq-metadata.yaml'] });
      const answer = await records.answerTo({ what: 'after', folder, names, after }, () => Promise.resolve(found));
      await records.keep();
      return answer;
    };
    expect([await ask('first'), await ask('second')]).toEqual(['first', 'first']);
    await writeFile(second, 'two');
    expect([await ask('third'), await ask('fourth')]).toEqual(['third', 'third']);
  });

  it('goes with its folder', async () => {
    await run('first');
    await rename(folder, `${folder}2`);
    const records = await openCheckedRecords(await open());
    const other = { what: 'question', folder: `${folder}2`, names };
    await records.answerTo(other, () => Promise.resolve('second'));
    await records.keep();
    const text = await readFile(await index(), 'utf8');
    expect(text).toContain('content/seq1-baseline2\t');
    expect(text).not.toContain('content/seq1-baseline\t');
  });
});

describe('files are read again', () => {
  const changed = 'b'.repeat(large.length);
  it.each([
    { name: 'written to, as long as before', change: () => writeFile(file, changed) },
    {
      name: 'written to, with the time that it had before',
      change: async () => {
        const { mtimeNs } = await stat(file, { bigint: true });
        await writeFile(file, changed);
        await utimes(file, 1_000_000_000, 1_000_000_000);
        expect((await stat(file, { bigint: true })).mtimeNs).toBe(mtimeNs);
      },
    },
    {
      name: 'replaced by another file, with the time that it had before',
      change: async () => {
        await writeFile(`${file}.new`, changed);
        await utimes(`${file}.new`, 1_000_000_000, 1_000_000_000);
        await rename(`${file}.new`, file);
      },
    },
    { name: 'cut', change: () => writeFile(file, large.slice(1)) },
    { name: 'removed', change: () => rm(file) },
    {
      name: 'a link to the same file',
      change: async () => {
        await link(file, join(root, 'same'));
        await rm(file);
        await symlink(join(root, 'same'), file);
      },
    },
    {
      name: 'behind a link',
      change: async () => {
        await rename(folder, join(root, 'elsewhere'));
        await symlink(join(root, 'elsewhere'), folder);
      },
    },
  ])('where one is $name', async ({ change }) => {
    await run('first');
    expect(await run('second')).toBe('as known: first');
    await change();
    expect(await run('third')).toBe('third');
  });

  it('where one was changed a moment ago: a second change in the same moment would not show', async () => {
    jest.restoreAllMocks();
    await writeFile(file, large);
    expect(await run('first')).toBe('first');
    expect(await indexes()).toEqual([]);
    expect(await run('second')).toBe('second');
  });

  it('where one has a time that is still to come', async () => {
    const future = new Date(Date.now() + 86_400_000);
    await utimes(file, future, future);
    expect(await run('first')).toBe('first');
    expect(await run('second')).toBe('second');
  });
});

describe('an index is not believed, and written again', () => {
  const lineOf = (text: string) => text.slice(65);
  it.each([
    {
      name: 'whose answer was changed',
      plant: (path: string, text: string) => writeFile(path, text.replace('"first"', '"sound"')),
    },
    {
      name: 'whose MAC is by the key of another account',
      plant: async (path: string, text: string) => {
        const mirror = await open();
        const purpose = `seqmirror checked records 1`;
        const place = { file: below(privateRoot(mirror.data.root), path), keyFile: join(root, 'other.key'), purpose };
        await writeOwnText(place, lineOf(text).replace('"first"', '"sound"'));
      },
    },
    {
      name: 'without a MAC',
      plant: (path: string, text: string) => writeFile(path, lineOf(text).replace('"first"', '"sound"')),
    },
    { name: 'that was cut', plant: (path: string, text: string) => writeFile(path, text.slice(0, -20)) },
    { name: 'that is empty', plant: (path: string) => writeFile(path, '') },
    { name: 'that is no text', plant: (path: string) => writeFile(path, Buffer.alloc(4000, 0xff)) },
    { name: 'that is gone', plant: (path: string) => rm(path) },
    {
      name: 'that is a link to the right one',
      plant: async (path: string, text: string) => {
        await rm(path);
        await writeFile(join(root, 'kept'), text, { mode: 0o600 });
        await symlink(join(root, 'kept'), path);
      },
    },
  ])('$name', async ({ plant }) => {
    await run('first');
    const path = await index();
    await plant(path, await readFile(path, 'utf8'));
    expect(await run('second')).toBe('second');
    expect(await run('third')).toBe('as known: second');
  });

  it('that a run of another version wrote', async () => {
    await run('first');
    const path = await index();
    const mirror = await open();
    const text = lineOf(await readFile(path, 'utf8'));
    const { keyFile } = mirror.data;
    const where = JSON.stringify(mirror.root);
    const by = (version: string) =>
      writeOwnText(
        {
          file: below(privateRoot(mirror.data.root), path),
          keyFile,
          purpose: `seqmirror checked records 1, by ${version}, of ${where}`,
        },
        text.replace('"first"', '"planted"'),
      );
    await by('0.0.1');
    expect(await run('second')).toBe('second');
    // What our own key has signed is believed, so it is the version that made the difference.
    const { version } = JSON.parse(await readFile(join(__dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    await by(version);
    expect(await run('third')).toBe('as known: planted');
  });

  it('that belongs to another work tree of the mirror; each has its own', async () => {
    await mkdir(join(root, 'other/mirror/content/seq1-baseline'), { recursive: true });
    await writeFile(join(root, 'other/mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
    await link(file, join(root, 'other/mirror/content/seq1-baseline/seq-inventory.jsonl'));
    await run('first');
    const own = await index();
    expect(await run('second', { workspace: 'other' })).toBe('second');
    const [other = ''] = (await indexes())
      .map((name) => join(root, 'data/test/checked', name))
      .filter((each) => each !== own);
    await writeFile(other, await readFile(own));
    expect(await run('third', { workspace: 'other' })).toBe('third');
    expect(await run('fourth')).toBe('as known: first');
  });
});

describe('an index that cannot be written is no error', () => {
  it('in a data directory where a file has its place', async () => {
    await mkdir(join(root, 'data/test'), { recursive: true, mode: 0o700 });
    await writeFile(join(root, 'data/test/checked'), 'in the way');
    expect(await run('first')).toBe('first');
    expect(await run('second')).toBe('second');
  });

  it('without a key: others could have written it then', async () => {
    await writeFile(join(root, 'home'), 'in the way');
    expect(await run('first')).toBe('first');
    expect(await indexes()).toEqual([]);
  });

  it('with a key that others can read', async () => {
    await run('first');
    await chmod(join(root, 'home/.config/seqmirror/operator.key'), 0o644);
    expect(await run('second')).toBe('second');
  });
});

it('keeps the indexes of eight work trees, the newest', async () => {
  await run('first');
  const own = await index();
  for (let number = 1; number <= 9; number += 1) {
    const old = join(root, 'data/test/checked', `other${number}`);
    await writeFile(old, '');
    await utimes(old, number, number);
  }
  await run('second', { what: 'another question' });
  expect((await indexes()).map((name) => join(root, 'data/test/checked', name))).toContain(own);
  expect((await indexes()).filter((name) => name.startsWith('other')).sort()).toEqual(
    [3, 4, 5, 6, 7, 8, 9].map((number) => `other${number}`),
  );
});

it('is whole whichever of two runs writes last', async () => {
  const [one, other] = [await openCheckedRecords(await open()), await openCheckedRecords(await open())];
  const question = (what: string) => ({ what, folder, names });
  one.ask<string>(question('one')).note('1');
  other.ask<string>(question('other')).note('2');
  await Promise.all([one.keep(), other.keep()]);
  const found = await openCheckedRecords(await open());
  const known = ['one', 'other'].map((what) => found.ask<string>(question(what)).known);
  expect([
    ['1', undefined],
    [undefined, '2'],
  ]).toContainEqual(known);
});
