import { chmod, cp, mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusalOf } from '../../../../testing/run/refusal';
import type { Lab } from '../../../../testing/lab/lab';
import {
  aDisk,
  archivesBelow,
  aSite,
  custodyOf,
  pruned,
  rebased,
  restore,
  stored,
  verdictsOf,
  withRebasedMirror,
} from '../../../../testing/worlds/pruning';
import type { World } from '../../../../testing/worlds/world';

const [seq1, , seq3, seq4] = rebased;
let upstream: Lab;
let original: World;
let world: World;

withRebasedMirror((copy, shared) => {
  world = copy;
  upstream = shared.upstream;
  original = shared.original;
});

const codeOf = async (work: Promise<unknown>) => (await refusalOf(work)).code;

describe('restore', () => {
  let disk: string;

  beforeEach(async () => {
    await aSite(world, 'bravo', 4);
    disk = await aDisk(world);
    await pruned(world, { to: disk });
  });

  it('brings the archives back from where custody.yaml says, and asks no registry', async () => {
    upstream.journal.clear();
    const before = await original.files();
    const planned = await restore(world, seq1, { dryRun: true });
    expect(planned).toMatchObject({ kind: 'planned', archives: [{ name: 'mirror_000001.tar' }] });
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect((await restore(world, seq1)).kind).toBe('restored');
    expect(upstream.journal.entries).toEqual([]);
    const after = await world.files();
    for (const [path, text] of before) if (path.includes(seq1)) expect(after.get(path)).toBe(text);
    expect(await custodyOf(world, seq1)).toMatchObject({
      state: 'held',
      copies: [{ where: disk }, { where: 'store', verified: '2026-11-28' }],
    });
    expect((await stat(join(world.root, 'mirror/content', seq1, 'mirror_000001.tar'))).mode & 0o777).toBe(0o444);
    expect((await restore(world, seq1)).kind).toBe('here');
    expect(await verdictsOf(world)).toEqual(['PROVEN', 'RETIRED', 'PROVEN', 'PROVEN']);
  });

  it('takes another folder, whether it looks like a store or like content/', async () => {
    const other = await aDisk(world, 'other');
    const [place] = [...archivesBelow(disk).keys()].filter((path) => path.startsWith(`${seq1}.`));
    await mkdir(join(other, seq1));
    await cp(join(disk, place ?? ''), join(other, seq1, 'mirror_000001.tar'));
    await rm(disk, { recursive: true });
    expect(await codeOf(restore(world, seq1))).toBe('SEQ0264');
    expect(await codeOf(restore(world, seq1, { from: disk }))).toBe('SEQ0264');
    expect((await restore(world, seq1, { from: other })).kind).toBe('restored');
  });

  it.each<{ name: string; damage: (file: string) => Promise<void> }>([
    { name: 'is cut', damage: (file) => truncate(file, 1000) },
    {
      name: 'has other bytes',
      damage: async (file) => {
        const bytes = await readFile(file);
        bytes[5000] = (bytes[5000] ?? 0) ^ 1;
        await chmod(file, 0o644);
        await writeFile(file, bytes);
      },
    },
    {
      name: 'is a folder of the same name',
      damage: async (file) => {
        await rename(file, `${file}.old`);
        await mkdir(file);
      },
    },
  ])('takes no copy that $name', async ({ damage }) => {
    const [place] = [...archivesBelow(disk).keys()].filter((path) => path.startsWith(`${seq1}.`));
    await damage(join(disk, place ?? ''));
    const before = await world.files();
    expect(await codeOf(restore(world, seq1))).toBe('SEQ0264');
    const after = await world.files();
    for (const path of before.keys()) if (!/\/(lock|\.lock)/.test(path)) expect(after.get(path)).toBe(before.get(path));
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect((await custodyOf(world, seq1)).state).toBe('retired');
  });
});
