import { link, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { refusalOf } from '../../../../testing/run/refusal';
import {
  aDisk,
  archivesBelow,
  aSite,
  custodyOf,
  prune,
  pruned,
  rebased,
  run,
  stored,
  withRebasedMirror,
} from '../../../../testing/worlds/pruning';
import { flip, lose } from '../../../../testing/worlds/reissuing';
import { newFolder } from '../../../../testing/worlds/folders';
import type { World } from '../../../../testing/worlds/world';
import { ubi } from '../../../../testing/worlds/world';
import { renderPrune } from '../../report/text/prune';
import { validate } from '../../validation/validate';
import { listSequences } from '../list-sequences';

const [seq1, seq2, seq3, seq4] = rebased;
let world: World;

withRebasedMirror((copy) => {
  world = copy;
});

const codeOf = async (work: Promise<unknown>) => (await refusalOf(work)).code;

const copyIn = (disk: string, folder: string) =>
  [...archivesBelow(disk)].filter(([path]) => path.startsWith(`${folder}.`)).map(([, text]) => text);

describe('a plan', () => {
  it('says what is retired, what stays and why, and how to apply it, and changes nothing', async () => {
    await aSite(world, 'bravo', 4);
    const before = await world.files();
    const outcome = await prune(world);
    expect(await world.files()).toEqual(before);
    expect(outcome.kind).toBe('planned');
    expect(outcome.plan.retired).toMatchObject([
      { number: 1, folder: seq1, neededBy: [2] },
      { number: 2, folder: seq2, neededBy: [] },
    ]);
    expect(renderPrune(outcome, { root: 'mirror' }).replaceAll(outcome.plan.id, 'p0123456789ab'))
      .toMatchInlineSnapshot(`
      "mirror: this plan deletes the archives of 2 sequences, and frees 705.5 KiB on this machine
        SEQ  NAME      SEALED      ARCHIVES      BYTES  NEEDED BY
          1  baseline  2026-11-23         1  608.5 KiB  seq2
          2  add-app   2026-11-23         1   97.0 KiB  nothing

      These sequences keep their archives:
        SEQ  NAME           BYTES  WHY
          3  again      704.5 KiB  needed by seq4
          4  add-tools  409.5 KiB  the newest

      seq4-add-tools stays complete: seq3, seq4
      Sites: bravo has seq4
      The sequences under NEEDED BY will not be complete any more. Before you bundle or upload one of them, restore or reissue the archives that it needs.
      Plan p0123456789ab: nothing was changed
      Next: nx run mirror:prune --keep=1 --apply=p0123456789ab"
    `);
  });

  it('retires nothing before a site has acknowledged something', async () => {
    const { plan } = await prune(world);
    expect(plan.retired).toEqual([]);
    expect(renderPrune({ kind: 'planned', plan }, { root: 'mirror' })).toContain('mirror: no archive can be retired');
    await aSite(world, 'bravo', 2);
    expect((await prune(world)).plan.retired).toEqual([]);
  });

  it('keeps everything that one of the sites lacks', async () => {
    await aSite(world, 'bravo', 4);
    await aSite(world, 'charlie', 1);
    const { plan } = await prune(world);
    expect(plan.retired).toEqual([]);
    expect(plan.kept[1]?.reasons).toEqual([{ kind: 'lacking', site: 'charlie', head: 1 }]);
  });

  it('keeps what is on its way to a site that has nothing', async () => {
    await aSite(world, 'bravo', 4);
    await aSite(world, 'charlie');
    expect((await prune(world)).plan.retired.map(({ number }) => number)).toEqual([1, 2]);
    const { seal } = (await listSequences(world.location)).sequences[1]?.sealed ?? {};
    await world.write(
      'mirror/sites/charlie/transfers/T0001.yaml',
      `schema: seqmirror/v1\nid: T0001\nsites: [charlie]\nkind: site\nhead: {number: 2, folder: ${seq2}, seal: "${seal}"}\nneeds: []\nvolumes: []\nmade: 2026-11-27T07:00:00Z\nstate: sent\n`,
    );
    const { plan } = await prune(world);
    expect(plan.retired).toEqual([]);
    expect(plan.kept[1]?.reasons).toEqual([{ kind: 'in transit', site: 'charlie', transfer: 'T0001' }]);
  });

  it('does not rely on acknowledgements that the site is not relied on for', async () => {
    await aSite(world, 'bravo', 4);
    const ledger = 'mirror/sites/bravo/ledger.yaml';
    await world.write(ledger, (await world.read(ledger)).replace('proven', 'assumed'));
    expect((await prune(world)).plan.retired).toHaveLength(2);
    await world.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\nrely_on: proven\n');
    expect((await prune(world)).plan.retired).toEqual([]);
  });

  it('keeps as many as asked for, and those that are too young', async () => {
    await aSite(world, 'bravo', 4);
    expect((await prune(world, { keep: 2 })).plan.retired).toHaveLength(2);
    expect((await prune(world, { keep: 3 })).plan.retired).toEqual([]);
    expect((await prune(world, { olderThanDays: 4 })).plan.retired).toHaveLength(2);
    expect((await prune(world, { olderThanDays: 30 })).plan.retired).toEqual([]);
    expect(await codeOf(prune(world, { keep: 0 }))).toBe('SEQ0265');
  });

  it.each([
    { name: 'a ledger that cannot be read', path: 'bravo/ledger.yaml', text: 'entries: [', code: 'SEQ0211' },
    { name: 'a site.yaml that cannot be read', path: 'bravo/site.yaml', text: 'name: bravo', code: 'SEQ0610' },
    { name: 'a ledger without a site.yaml', path: 'lost/ledger.yaml', text: '', code: 'SEQ0267' },
  ])('is not made with $name', async ({ path, text, code }) => {
    await aSite(world, 'bravo', 4);
    await world.write(`mirror/sites/${path}`, text);
    expect(await codeOf(prune(world))).toBe(code);
  });

  it('is not made for a chain whose records were edited', async () => {
    await aSite(world, 'bravo', 4);
    const file = `mirror/content/${seq4}/seq-inventory.jsonl`;
    await world.write(file, (await world.read(file)).replace('"bytes":', '"bytes":1'));
    expect(await codeOf(prune(world))).toMatch(/^SEQ02/);
  });

  it('is not made unless the newest sequence is complete', async () => {
    await aSite(world, 'bravo', 4);
    await lose(world, seq3);
    expect(await codeOf(prune(world))).toBe('SEQ0260');
  });
});

describe('a plan that is applied', () => {
  it('deletes the archives, and leaves every record and the frames', async () => {
    await aSite(world, 'bravo', 4);
    const before = await world.files();
    const { kind } = await pruned(world);
    expect(kind).toBe('pruned');
    expect(await stored(world)).toEqual([seq3, seq4]);
    const after = await world.files();
    const gone = [...before.keys()].filter((path) => !after.has(path));
    expect(gone.map((path) => path.replace(/\.[0-9a-f]{12}\//, '/'))).toEqual([
      ...[seq1, seq2].map((folder) => `data/test/store/${folder}/mirror_000001.tar`),
      ...[seq1, seq2].map((folder) => `mirror/content/${folder}/mirror_000001.tar`),
    ]);
    const added = [...after.keys()].filter((path) => !before.has(path));
    expect(added).toEqual([seq1, seq2].map((folder) => `mirror/content/${folder}/custody.yaml`));
    expect(await custodyOf(world, seq1)).toEqual({ schema: 'seqmirror/v1', state: 'retired', copies: [] });
    expect((await prune(world)).plan.retired).toEqual([]);
  });

  it('leaves a chain that is valid, and says what is retired', async () => {
    await aSite(world, 'bravo', 4);
    await pruned(world);
    const { sequences, sound } = await validate({ ...run, location: world.location, depth: 'deep' });
    expect(sequences.map(({ verdict }) => verdict)).toEqual(['RETIRED', 'RETIRED', 'PROVEN', 'PROVEN']);
    expect(sound).toBe(true);
    expect((await listSequences(world.location)).sequences.map(({ sealed }) => sealed?.archives)).toEqual([
      ...['retired', 'retired', 'store', 'store'],
    ]);
  });

  it('moves the archives to a folder, whole, and notes it', async () => {
    await aSite(world, 'bravo', 4);
    const disk = await aDisk(world);
    const archive = await readFile(join(world.root, 'mirror/content', seq1, 'mirror_000001.tar'), 'latin1');
    await pruned(world, { to: disk });
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect(copyIn(disk, seq1)).toEqual([archive]);
    expect(await custodyOf(world, seq1)).toMatchObject({
      state: 'retired',
      copies: [{ where: disk, verified: '2026-11-28' }],
    });
  });

  it('is refused if it is not the plan any more', async () => {
    await aSite(world, 'bravo', 4);
    const { plan } = await prune(world);
    const disk = await aDisk(world);
    expect(await codeOf(prune(world, { apply: 'p0123456789ab' }))).toBe('SEQ0259');
    expect(await codeOf(prune(world, { apply: plan.id, to: disk }))).toBe('SEQ0259');
    await aSite(world, 'charlie', 1);
    expect(await codeOf(prune(world, { apply: plan.id }))).toBe('SEQ0259');
    expect(await stored(world)).toEqual([...rebased]);
  });

  it('deletes nothing while an archive of the newest sequence is damaged', async () => {
    await aSite(world, 'bravo', 4);
    await flip(world, seq3, 5000);
    const { plan } = await prune(world);
    expect(await codeOf(prune(world, { apply: plan.id }))).toBe('SEQ0260');
    expect(await stored(world)).toEqual([...rebased]);
  });

  it('does not move a damaged archive', async () => {
    await aSite(world, 'bravo', 4);
    await flip(world, seq1, 5000);
    const disk = await aDisk(world);
    expect(await codeOf(pruned(world, { to: disk }))).toBe('SEQ0262');
    expect(archivesBelow(disk).size).toBe(0);
    expect(await stored(world)).toEqual([...rebased]);
  });

  it('removes what a stopped run left and nothing will continue', async () => {
    await world.write('data/test/stage/seq9-gone/part', 'x');
    await world.write('data/test/stage/seq5-next/part', 'x');
    await world.sequence('seq5-next', [ubi]);
    const { plan } = await prune(world);
    expect(plan.leftOvers.map(({ name }) => name)).toEqual(['stage/seq9-gone']);
    await prune(world, { apply: plan.id });
    const left = [...(await world.files()).keys()].filter((path) => path.startsWith('data/test/stage/'));
    expect(left).toEqual(['data/test/stage/seq5-next/part']);
  });
});

describe('a folder to move to', () => {
  let disk: string;

  beforeEach(() => {
    disk = newFolder('disk');
  });
  afterEach(() => rm(disk, { recursive: true, force: true }));

  it.each<{ name: string; make: () => Promise<string> }>([
    { name: 'does not exist', make: () => Promise.resolve(join(disk, 'not-mounted')) },
    { name: 'is in the data directory', make: () => Promise.resolve(join(world.data, 'store')) },
    { name: 'is in the workspace', make: () => Promise.resolve('mirror') },
    {
      name: 'is a link into the data directory',
      make: async () => {
        await symlink(world.data, join(disk, 'link'));
        return join(disk, 'link');
      },
    },
    {
      name: 'has a name that custody.yaml cannot record',
      make: async () => {
        await mkdir(join(disk, 'a\nb'));
        return join(disk, 'a\nb');
      },
    },
    { name: 'is empty', make: () => Promise.resolve('') },
  ])('is refused if it $name', async ({ make }) => {
    await aSite(world, 'bravo', 4);
    const before = await world.files();
    expect(await codeOf(prune(world, { to: await make() }))).toBe('SEQ0261');
    expect(await stored(world)).toEqual([...rebased]);
    expect([...(await world.files()).keys()].filter((path) => !before.has(path)).length).toBeLessThan(3);
  });

  it.each<{ name: string; code: string; plant: (place: string) => Promise<void> }>([
    {
      name: 'another file',
      code: 'SEQ0261',
      plant: async (place) => {
        await mkdir(place);
        await writeFile(join(place, 'mirror_000001.tar'), 'mine');
      },
    },
    {
      name: 'the archive itself under a second name',
      code: 'SEQ0261',
      plant: async (place) => {
        await mkdir(place);
        await link(join(world.data, 'store', basename(place), 'mirror_000001.tar'), join(place, 'mirror_000001.tar'));
      },
    },
    {
      name: 'a link to the archive',
      code: 'SEQ0261',
      plant: async (place) => {
        await mkdir(place);
        await symlink(
          join(world.data, 'store', basename(place), 'mirror_000001.tar'),
          join(place, 'mirror_000001.tar'),
        );
      },
    },
    {
      name: 'a link to its folder in the store',
      code: 'SEQ0708',
      plant: (place) => symlink(join(world.data, 'store', basename(place)), place),
    },
  ])('loses nothing with $name in the place of an archive', async ({ code, plant }) => {
    await aSite(world, 'bravo', 4);
    const [place] = (await sealedNames()).filter((name) => name.startsWith(`${seq1}.`));
    await plant(join(disk, place ?? ''));
    const before = await world.files();
    expect(await codeOf(pruned(world, { to: disk }))).toBe(code);
    for (const [path, text] of before) if (path.endsWith('.tar')) expect((await world.files()).get(path)).toBe(text);
    expect(await stored(world)).toEqual([...rebased]);
  });

  async function sealedNames(): Promise<string[]> {
    return [...(await world.files()).keys()].flatMap((path) => /^data\/test\/store\/([^/]+)\//.exec(path)?.[1] ?? []);
  }
});
