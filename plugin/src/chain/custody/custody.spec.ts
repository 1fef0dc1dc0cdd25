import { chmod, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  aDisk,
  archivesBelow,
  aSite,
  copy,
  custodyOf,
  pruned,
  rebased,
  restore,
  run,
  stored,
  verify,
  withRebasedMirror,
} from '../../../../testing/worlds/pruning';
import { refusalOf } from '../../../../testing/run/refusal';
import type { World } from '../../../../testing/worlds/world';
import { changesOf, crashAt } from '../../../../testing/worlds/crash';
import { silentProgress } from '../../system/progress';
import { listCustody } from './list-custody';

const [seq1, seq2, seq3, seq4] = rebased;
let world: World;
let disk: string;

withRebasedMirror((taken) => (world = taken));

beforeEach(async () => {
  disk = await aDisk(world);
});

const copyOf = async (folder: string): Promise<string> => {
  const [path = ''] = [...archivesBelow(disk).keys()].filter((each) => each.startsWith(`${folder}.`));
  return Promise.resolve(join(disk, path));
};
const flip = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  await chmod(file, 0o644);
  await writeFile(file, bytes);
};

describe('copies of archives in a folder', () => {
  it('have the bytes of the store, and are recorded once they are read back', async () => {
    const planned = await copy(world, { to: disk, dryRun: true });
    expect(planned).toMatchObject({ kind: 'planned', place: disk, left: [] });
    expect(planned.sequences.map(({ copied }) => copied)).toEqual(rebased.map(() => ['mirror_000001.tar']));
    expect([...archivesBelow(disk)]).toEqual([]);
    const outcome = await copy(world, { to: disk });
    expect(outcome.sequences.map(({ folder }) => folder)).toEqual([...rebased]);
    expect(archivesBelow(disk)).toEqual(archivesBelow(join(world.data, 'store')));
    expect(await custodyOf(world, seq1)).toMatchObject({
      state: 'held',
      copies: [{ where: disk, verified: '2026-11-28' }],
    });
    const again = await copy(world, { to: disk });
    expect(again.sequences.flatMap(({ copied }) => copied)).toEqual([]);
    const { sequences } = await listCustody({ location: world.location });
    expect(sequences[0]).toMatchObject({ number: 1, folder: seq1, isHere: true, copies: [{ where: disk }] });
  });

  it('of one sequence only', async () => {
    await copy(world, { to: disk, folder: seq3 });
    expect([...archivesBelow(disk).keys()].map((path) => path.split('.')[0])).toEqual([seq3]);
    const { sequences } = await listCustody({ location: world.location, folder: seq3 });
    expect(sequences.map(({ folder }) => folder)).toEqual([seq3]);
  });

  it('count for prune as archives that were moved do', async () => {
    await copy(world, { to: disk });
    await aSite(world, 'bravo', 4);
    await pruned(world);
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect(await custodyOf(world, seq1)).toMatchObject({ state: 'retired', copies: [{ where: disk }] });
    expect((await restore(world, seq1)).kind).toBe('restored');
    // What is in no store and at no place is named.
    const other = await aDisk(world, 'other');
    expect(await copy(world, { to: other })).toMatchObject({ left: [seq2] });
    expect(await copy(world, { to: disk })).toMatchObject({ left: [] });
    expect(await refusalOf(copy(world, { to: other, folder: seq2 }))).toMatchObject({
      code: 'SEQ0268',
      next: `nx run mirror:restore --sequence=seq2 --from=${disk}`,
    });
  });

  it('are refused where a run could delete them, and where another file is', async () => {
    expect((await refusalOf(copy(world, { to: world.root }))).code).toBe('SEQ0261');
    expect((await refusalOf(copy(world, { to: join(disk, 'none') }))).code).toBe('SEQ0261');
    expect((await refusalOf(copy(world, { to: 's3://B/x' }))).code).toBe('SEQ0533');
    await copy(world, { to: disk, folder: seq1 });
    await flip(await copyOf(seq1));
    expect((await refusalOf(copy(world, { to: disk }))).code).toBe('SEQ0261');
  });

  it('are not made of a damaged archive', async () => {
    const [path = ''] = [...archivesBelow(join(world.data, 'store')).keys()];
    await flip(join(world.data, 'store', path));
    const before = await world.files();
    expect((await refusalOf(copy(world, { to: disk }))).code).toBe('SEQ0262');
    expect([...archivesBelow(disk)]).toEqual([]);
    expect((await world.files()).get(`mirror/content/${seq1}/custody.yaml`)).toBe(
      before.get(`mirror/content/${seq1}/custody.yaml`),
    );
  });

  it('continue after a stop, and a copy that was finished is only read', async () => {
    const abort = new AbortController();
    const progress = {
      ...silentProgress,
      detail: (text: string) => {
        if (text === seq3) abort.abort(new Error('stopped'));
      },
    };
    await expect(copy(world, { to: disk, signal: abort.signal, progress })).rejects.toThrow('stopped');
    expect([...archivesBelow(disk).keys()].map((path) => path.split('.')[0])).toEqual([seq1, seq2]);
    expect((await custodyOf(world, seq2)).copies).toEqual([{ where: disk, verified: '2026-11-28' }]);
    const { sequences } = await copy(world, { to: disk });
    expect(sequences.filter(({ copied }) => copied.length > 0).map(({ folder }) => folder)).toEqual([seq3, seq4]);
  });

  it('are never recorded before they are whole, whenever the run is killed', async () => {
    const prepared = await world.copy();
    const changes = await changesOf(() => copy(world, { to: disk, folder: seq1 }));
    for (let nth = 1; nth <= changes; nth += 1) {
      const other = await prepared.copy();
      const place = await aDisk(other);
      expect(await crashAt(nth, () => copy(other, { to: place, folder: seq1 }))).toBe(true);
      await rm(join(other.data, 'lock'), { force: true });
      const files = await other.files();
      const isRecorded = files.get(`mirror/content/${seq1}/custody.yaml`)?.includes(place) === true;
      const isWhole = [...archivesBelow(place).keys()].some((path) => path.startsWith(`${seq1}.`));
      if (isRecorded) expect({ nth, isWhole }).toEqual({ nth, isWhole: true });
      await copy(other, { to: place, folder: seq1 });
      expect((await verify(other)).sound).toBe(true);
      await other.remove();
    }
    await prepared.remove();
    expect(changes).toBeGreaterThan(3);
  });
});

describe('verifying copies', () => {
  const later = { now: () => new Date('2027-01-05T07:00:00Z') };

  beforeEach(async () => {
    await copy(world, { to: disk });
  });

  it('reads every byte, and records the day', async () => {
    expect(await verify(world, later)).toMatchObject({ depth: 'full', sound: true });
    expect((await custodyOf(world, seq2)).copies).toEqual([{ where: disk, verified: '2027-01-05' }]);
  });

  it('removes a damaged copy from the record, so that prune does not rely on it', async () => {
    await flip(await copyOf(seq1));
    const quick = await verify(world, { ...later, quick: true });
    expect(quick).toMatchObject({ depth: 'quick', sound: true });
    expect((await custodyOf(world, seq1)).copies).toEqual([{ where: disk, verified: '2026-11-28' }]);
    const { copies, sound } = await verify(world, later);
    expect(sound).toBe(false);
    expect(copies[0]).toMatchObject({ folder: seq1, found: 'damaged', archives: ['mirror_000001.tar'] });
    expect((await custodyOf(world, seq1)).copies).toEqual([]);
    expect((await custodyOf(world, seq2)).copies).toEqual([{ where: disk, verified: '2027-01-05' }]);
  });

  it('finds a copy of another size without reading it', async () => {
    await truncate(await copyOf(seq1), 1000);
    const { copies } = await verify(world, { quick: true });
    expect(copies[0]).toMatchObject({ found: 'damaged' });
    expect((await custodyOf(world, seq1)).copies).toHaveLength(1);
  });

  it('reports what is missing or cannot be reached, and leaves it recorded', async () => {
    await rm(await copyOf(seq1));
    const { copies } = await verify(world, later);
    expect(copies.map(({ found }) => found)).toEqual(['missing', 'sound', 'sound', 'sound']);
    await rename(disk, `${disk}.away`);
    expect((await verify(world, later)).copies.map(({ found }) => found)).toEqual(rebased.map(() => 'unreachable'));
    await mkdir(disk);
    expect((await verify(world, later)).copies.map(({ found }) => found)).toEqual(rebased.map(() => 'missing'));
    expect((await custodyOf(world, seq1)).copies).toEqual([{ where: disk, verified: '2026-11-28' }]);
  });

  it('looks at one place, and refuses a place without copies', async () => {
    const other = await aDisk(world, 'other');
    await copy(world, { to: other, folder: seq1 });
    expect((await verify(world, { place: other })).copies).toHaveLength(1);
    expect((await verify(world)).copies).toHaveLength(5);
    expect((await refusalOf(verify(world, { place: join(disk, 'none') }))).code).toBe('SEQ0268');
    expect((await refusalOf(verify(world, { ...run, place: 's3://archive' }))).code).toBe('SEQ0268');
  });
});
