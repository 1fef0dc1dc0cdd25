import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOfFile, entriesIn, isFile, isFolder, isThere, namesIn } from './files';

let root: string;
const at = (...names: string[]): string => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'files-'));
  await mkdir(at('folder', 'inner'), { recursive: true });
  await writeFile(at('folder', 'inner', 'deep'), '');
  await writeFile(at('file'), 'four');
  await symlink('file', at('link'));
  await symlink('nowhere', at('dangling'));
  await symlink('loop', at('loop'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

it.each([
  { name: 'folder', there: true, file: false, folder: true, bytes: undefined },
  { name: 'file', there: true, file: true, folder: false, bytes: 4 },
  { name: 'link', there: true, file: true, folder: false, bytes: 4 },
  { name: 'dangling', there: true, file: false, folder: false, bytes: undefined },
  { name: 'loop', there: true, file: false, folder: false, bytes: undefined },
  { name: 'nothing', there: false, file: false, folder: false, bytes: undefined },
  { name: 'file/below', there: false, file: false, folder: false, bytes: undefined },
])('tells what $name is', async ({ name, ...facts }) => {
  expect({
    there: await isThere(at(name)),
    file: await isFile(at(name)),
    folder: await isFolder(at(name)),
    bytes: await bytesOfFile(at(name)),
  }).toEqual(facts);
});

it('names what is in a folder, and nothing if there is no folder', async () => {
  expect(await namesIn(at('folder'))).toEqual(['inner']);
  expect((await entriesIn(at('folder'), { recursive: true })).map(({ name }) => name).sort()).toEqual([
    'deep',
    'inner',
  ]);
  for (const name of ['nothing', 'file', 'file/below', 'dangling']) expect(await namesIn(at(name))).toEqual([]);
});

it('does not take a folder that cannot be read for an empty one', async () => {
  const trouble = { code: 'SEQ0702', what: expect.stringContaining('cannot be read (ELOOP)') };
  await expect(namesIn(at('loop'))).rejects.toMatchObject(trouble);
  await expect(entriesIn(at('loop'), { recursive: true })).rejects.toMatchObject(trouble);
  await expect(isThere(at('loop', 'below'))).rejects.toMatchObject(trouble);
});
