/** Folders that Git leaves behind when the branch changes: ignored files stay, in a folder named like a sequence. */
import { cp, link, lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { clearLeftOvers } from '../chain/clear-left-overs';
import { listSequences } from '../chain/list-sequences';
import { silentProgress } from '../system/progress';
import { withMirrorLock } from './with-mirror-lock';
import { openMirror, readChain } from './mirror';

let upstream: Lab;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());
beforeEach(async () => {
  world = await aSealedMirror(upstream, { 'seq1-baseline': [ubi], 'seq2-add-app': [ubi, app] });
});
afterEach(() => world.remove());

const content = (...path: string[]) => join(world.root, 'mirror/content', ...path);
const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );
const archive = 'mirror_000001.tar';

/** Does what `git switch` does to a branch without seq2: tracked files go, what .gitignore names stays. */
async function switchAway(): Promise<void> {
  for (const file of [...(await world.files()).keys()]) {
    if (file.startsWith('mirror/content/seq2-add-app/') && !file.endsWith(archive)) await rm(join(world.root, file));
  }
  const lock = await world.read('mirror/content/chain.lock');
  await world.write('mirror/content/chain.lock', lock.replace(/^2 .*\n/m, ''));
}

async function sweep(): Promise<string[]> {
  const notes: string[] = [];
  const progress = { ...silentProgress, note: (text: string) => void notes.push(text) };
  await withMirrorLock(await openMirror(world.location), { purpose: 'a test', now: () => new Date(), progress }, () =>
    Promise.resolve(),
  );
  return notes;
}

const listed = async () => {
  const { sequences, leftOvers } = await listSequences(world.location);
  return { sequences: sequences.map(({ folder }) => folder), leftOvers };
};

describe('a folder that a switch of branches left behind', () => {
  it('is named by list, and removed with its hard link by the next run that holds the lock', async () => {
    await switchAway();
    expect(await isThere(content('seq2-add-app', archive))).toBe(true);
    expect(await listed()).toMatchObject({
      sequences: ['seq1-baseline'],
      leftOvers: [{ code: 'SEQ0219', what: expect.stringContaining('seq2-add-app') }],
    });
    expect(await sweep()).toEqual([expect.stringContaining('seq2-add-app')]);
    expect(await isThere(content('seq2-add-app'))).toBe(false);
    expect(await listed()).toEqual({ sequences: ['seq1-baseline'], leftOvers: [] });
  });

  it('leaves its number to the sequence that this branch adds', async () => {
    await switchAway();
    await world.sequence('seq2-add-tools', [ubi, tools]);
    await world.seal('seq2-add-tools');
    expect(await listed()).toEqual({ sequences: ['seq1-baseline', 'seq2-add-tools'], leftOvers: [] });
    expect(await isThere(content('seq2-add-app'))).toBe(false);
  });

  it('leaves the store as it was, so that the way back has its archives', async () => {
    const before = await world.files();
    await switchAway();
    await sweep();
    for (const file of [
      'imageset-config.yaml',
      'seq-metadata.yaml',
      'seq-inventory.jsonl',
      'imageset-config.pinned.yaml',
      'SHA256SUMS',
      'seq-upload.sh',
      'seq-upload.env',
      'images.txt',
    ]) {
      const text = before.get(`mirror/content/seq2-add-app/${file}`);
      if (text !== undefined) await world.write(`mirror/content/seq2-add-app/${file}`, text);
    }
    await world.write('mirror/content/chain.lock', before.get('mirror/content/chain.lock') as string);
    const { sequences } = await listSequences(world.location);
    expect(sequences.map(({ folder, sealed }) => [folder, sealed?.archives])).toEqual([
      ['seq1-baseline', 'store'],
      ['seq2-add-app', 'store'],
    ]);
  });

  it.each([
    {
      name: 'a symbolic link into the store',
      put: async (folder: string) => {
        await mkdir(folder, { recursive: true });
        await symlink(join(world.data, 'store/seq6-tempo.0123456789ab', archive), join(folder, archive));
      },
    },
    {
      name: 'a link that leads nowhere',
      put: async (folder: string) => {
        await mkdir(folder, { recursive: true });
        await symlink('/nowhere/mirror_000001.tar', join(folder, archive));
      },
    },
    {
      name: 'what killed writers left behind',
      put: async (folder: string) => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, '.seq-metadata.yaml.0123456789abcdef.tmp'), 'half');
        await writeFile(join(folder, '.seq-metadata.yaml.tmp'), 'half');
      },
    },
    {
      name: 'what an upload left',
      put: async (folder: string) => {
        await mkdir(join(folder, 'working-dir/logs'), { recursive: true });
        await writeFile(join(folder, 'working-dir/logs/mirroring_errors.txt'), '');
        await writeFile(join(folder, '.oc-mirror.log'), '');
      },
    },
    {
      name: 'upload files, which are written where they are missing',
      put: (folder: string) =>
        cp(content('seq1-baseline'), folder, {
          recursive: true,
          filter: (path) => !/seq-meta|inventory|imageset|SUMS|\.tar$|sequence\.yaml/.test(path),
        }),
    },
    { name: 'nothing', put: (folder: string) => mkdir(folder, { recursive: true }) },
  ])('is removed when it holds $name', async ({ put }) => {
    await put(content('seq6-tempo'));
    expect((await listed()).leftOvers).toHaveLength(1);
    expect(await sweep()).toEqual([expect.stringContaining('seq6-tempo')]);
    expect(await isThere(content('seq6-tempo'))).toBe(false);
  });

  it.each([
    {
      name: 'the only copy of an archive',
      put: (folder: string) => writeFile(join(folder, archive), 'the only copy'),
      holds: archive,
    },
    {
      name: 'a hard link whose other name is not in the store',
      put: async (folder: string) => {
        await writeFile(join(world.root, 'elsewhere.tar'), 'kept elsewhere');
        await link(join(world.root, 'elsewhere.tar'), join(folder, archive));
      },
      holds: archive,
    },
    {
      name: 'a link to an archive outside the store',
      put: async (folder: string) => {
        await writeFile(join(world.root, 'elsewhere.tar'), 'kept elsewhere');
        await symlink(join(world.root, 'elsewhere.tar'), join(folder, archive));
      },
      holds: archive,
    },
    {
      name: 'what a person wrote',
      put: (folder: string) => writeFile(join(folder, 'notes.txt'), 'mine'),
      holds: 'notes.txt',
    },
    {
      name: 'a folder named like an archive',
      put: (folder: string) => mkdir(join(folder, archive)),
      holds: archive,
    },
    {
      name: 'a working-dir that is a link',
      put: (folder: string) => symlink(world.root, join(folder, 'working-dir')),
      holds: 'working-dir',
    },
  ])('is kept and named when it holds $name', async ({ put, holds }) => {
    await mkdir(content('seq6-tempo'), { recursive: true });
    await put(content('seq6-tempo'));
    expect((await listed()).leftOvers).toMatchObject([
      { code: 'SEQ0219', what: expect.stringContaining('seq6-tempo'), why: expect.stringContaining(holds) },
    ]);
    expect(await sweep()).toEqual([]);
    expect(await isThere(content('seq6-tempo', holds))).toBe(true);
  });

  it('is kept whole when one of its archives is the only copy', async () => {
    await switchAway();
    await writeFile(content('seq2-add-app', 'mirror_000002.tar'), 'the only copy');
    await sweep();
    expect(await isThere(content('seq2-add-app', archive))).toBe(true);
    expect(await readFile(content('seq2-add-app', 'mirror_000002.tar'), 'utf8')).toBe('the only copy');
  });

  it('is not a left-over if chain.lock says that it is sealed: its records were lost', async () => {
    const lock = await world.read('mirror/content/chain.lock');
    await switchAway();
    await world.write('mirror/content/chain.lock', lock);
    expect((await listed()).leftOvers).toEqual([]);
    await sweep();
    expect(await isThere(content('seq2-add-app', archive))).toBe(true);
  });

  it('is not touched while chain.lock cannot be read', async () => {
    await switchAway();
    await world.write('mirror/content/chain.lock', '<<<<<<< ours\n');
    await sweep();
    expect(await isThere(content('seq2-add-app', archive))).toBe(true);
  });

  it('is not followed out of content/ if its name is a link', async () => {
    await mkdir(join(world.root, 'theirs'));
    await rename(content('seq2-add-app', archive), join(world.root, 'theirs', archive));
    await mkdir(dirname(content('seq6-tempo')), { recursive: true });
    await symlink(join(world.root, 'theirs'), content('seq6-tempo'));
    await sweep();
    expect(await isThere(join(world.root, 'theirs', archive))).toBe(true);
  });
});

describe('clearLeftOvers', () => {
  const now = () => new Date('2026-11-23T07:00:00Z');

  it('removes what can be made again, and names what stays', async () => {
    await switchAway();
    await mkdir(content('seq6-tempo'), { recursive: true });
    await writeFile(content('seq6-tempo', archive), 'the only copy');
    expect(await clearLeftOvers(world.location, { now })).toMatchObject({
      swept: ['Removed mirror/content/seq2-add-app, which another branch left behind: mirror_000001.tar'],
      kept: [{ code: 'SEQ0219', severity: 'warning', why: expect.stringContaining(archive) }],
    });
    expect(await isThere(content('seq6-tempo', archive))).toBe(true);
  });

  it('does not take the lock if there is nothing to remove', async () => {
    const before = await world.files();
    expect(await clearLeftOvers(world.location, { now })).toEqual({ swept: [], kept: [] });
    expect(await world.files()).toEqual(before);
  });
});

describe('a folder that has only a sequence.yaml', () => {
  it('is a sequence for the chain, as it is for the graph', async () => {
    await world.write(
      'mirror/content/seq3-planned/sequence.yaml',
      'schema: seqmirror/v1\ndescription: x\nbase: previous\n',
    );
    const { folders } = await readChain(await openMirror(world.location));
    expect(folders.map(({ folder }) => folder)).toContain('seq3-planned');
    expect((await listed()).leftOvers).toEqual([]);
  });
});
