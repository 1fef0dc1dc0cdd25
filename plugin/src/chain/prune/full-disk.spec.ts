import type { Lab } from '../../../../testing/lab/lab';
import type { SmallDisk } from '../../../../testing/lab/small-disk';
import { describeWithSmallDisk, smallDisk } from '../../../../testing/lab/small-disk';
import {
  aRebasedMirror,
  archivesBelow,
  aSite,
  prune,
  rebased,
  restore,
  stored,
} from '../../../../testing/worlds/pruning';
import type { World } from '../../../../testing/worlds/world';
import { startUpstream } from '../../../../testing/worlds/world';
import { silentProgress } from '../../system/progress';
import { listSequences } from '../list-sequences';

const [seq1, , seq3, seq4] = rebased;

describeWithSmallDisk('a full disk', () => {
  let upstream: Lab;
  let world: World;
  let disk: SmallDisk;

  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.stop());
  beforeEach(async () => {
    world = await aRebasedMirror(upstream);
    await aSite(world, 'bravo', 4);
    disk = smallDisk(8 * 1024 ** 2);
  });
  afterEach(async () => {
    disk.remove();
    await world.remove();
  });

  it('is seen before anything is moved', async () => {
    disk.fill();
    await expect(prune(world, { to: disk.folder })).rejects.toMatchObject({ code: 'SEQ0263' });
    expect(await stored(world)).toEqual([...rebased]);
  });

  it('stops a move that has begun; what is not moved stays, and the same command continues', async () => {
    const { plan } = await prune(world, { to: disk.folder });
    const progress = { ...silentProgress, step: (name: string) => (name === 'retire' ? disk.fill() : undefined) };
    const applied = prune(world, { to: disk.folder, apply: plan.id, progress });
    await expect(applied).rejects.toMatchObject({ code: 'SEQ0263' });
    expect(await stored(world)).toEqual([...rebased]);
    expect((await listSequences(world.location)).sequences.map(({ sealed }) => sealed?.archives)).toEqual([
      ...['store', 'store', 'store', 'store'],
    ]);
    disk.free();
    expect(archivesBelow(disk.folder).size).toBe(0);
    await prune(world, { to: disk.folder, apply: plan.id });
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect(archivesBelow(disk.folder).size).toBe(2);
    expect((await restore(world, seq1)).kind).toBe('restored');
  });
});
