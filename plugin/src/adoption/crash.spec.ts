import { cp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import { crashAt } from '../../../testing/worlds/crash';
import { listSequences } from '../chain/list-sequences';
import { applyAdoption } from './apply-adoption';
import type { AdoptionWorld } from './original.fixture';
import { anAdoptionWorld, run, writeOriginals } from './original.fixture';
import type { TakeMode } from './plan-adoption';

interface Case {
  readonly name: string;
  readonly taking: TakeMode;
  readonly inPlace: boolean;
  /** The first change to be killed at; then every fifth one. */
  readonly first: number;
}

const stride = 5;

const chain = aChain().baseline('baseline').differential('add-logging').build();

async function prepared({ inPlace }: Case): Promise<AdoptionWorld> {
  const world = await anAdoptionWorld();
  const [, second] = await writeOriginals(inPlace ? world.content : world.old, chain, {
    archives: 'complete',
    metadata: true,
  });
  // In place, this sequence gets another folder.
  await rename(second as string, join(second as string, '..', 'seq5-Add logging'));
  return world;
}

describe.each<Case>([
  { name: 'by links', taking: 'link', inPlace: false, first: 1 },
  { name: 'by moving', taking: 'move', inPlace: false, first: 2 },
  { name: 'by copying', taking: 'copy', inPlace: false, first: 3 },
  { name: 'in place', taking: 'link', inPlace: true, first: 4 },
])('an adoption $name that is killed', (each) => {
  const source = (world: AdoptionWorld) => (each.inPlace ? world.content : world.old);
  const options = (world: AdoptionWorld) => ({ source: source(world), taking: each.taking });

  it('at changes of the file system loses nothing, and is finished by the next one', async () => {
    const before = await prepared(each);
    const whole = before.copy();
    const archives = [...(await whole.files()).entries()]
      .filter(([path]) => path.endsWith('.tar'))
      .map(([, bytes]) => bytes);
    await whole.adopt(options(whole));
    const expected = await filesOf(whole);
    for (let nth = each.first; ; nth += stride) {
      const world = before.copy();
      const plan = await world.plan(options(world));
      const crashed = await crashAt(nth, () => applyAdoption(plan, run));
      await removeLock(world);
      const left = new Set((await world.files()).values());
      expect({ nth, lost: archives.filter((bytes) => !left.has(bytes)).length }).toEqual({ nth, lost: 0 });
      await world.adopt(options(world)).catch((error) => {
        // Everything had been moved by then.
        expect([each.taking, (error as { code: string }).code]).toEqual(['move', 'SEQ0246']);
      });
      expect({ nth, files: await filesOf(world) }).toEqual({ nth, files: expected });
      const { sequences } = await listSequences(world.location);
      expect(sequences.map(({ state }) => state)).toEqual(['sealed', 'sealed']);
      await world.remove();
      if (!crashed) {
        expect(nth).toBeGreaterThan(20);
        break;
      }
    }
    await whole.remove();
    await before.remove();
  }, 300_000);
});

describe('an adoption that was killed, if the chain changes afterwards,', () => {
  it('is taken back, and its archives stay where they were', async () => {
    const world = await anAdoptionWorld();
    await writeOriginals(world.old, chain, { archives: 'complete' });
    const before = await world.files('old');
    const plan = await world.plan();
    for (let nth = 1; ; nth += 1) {
      // Killed as soon as the commit is there, when nothing is sealed yet.
      await crashAt(nth, () => applyAdoption(plan, run));
      await removeLock(world);
      if ((await world.files()).has('data/test/stage/seq1-baseline/commit.json')) break;
    }
    await writeOriginals(join(world.root, 'other'), aChain({ seed: 9 }).baseline('other').build(), {
      archives: 'complete',
    });
    // Somebody seals another seq1 on another machine, and Git brings it here.
    const elsewhere = await anAdoptionWorld();
    await elsewhere.adopt({ source: join(world.root, 'other') });
    await cp(elsewhere.content, world.content, { recursive: true });
    const { adopted } = await world.adopt();
    expect(adopted.map(({ folder }) => folder)).toEqual(['seq2-baseline', 'seq3-add-logging']);
    expect(await world.files('old')).toEqual(before);
    const { sequences } = await listSequences(world.location);
    expect(sequences.map(({ folder, state }) => `${folder} ${state}`)).toEqual([
      'seq1-other sealed',
      'seq2-baseline sealed',
      'seq3-add-logging sealed',
    ]);
    await elsewhere.remove();
    await world.remove();
  });
});

/** The lock of a dead process is stale, but this process lives on. */
async function removeLock(world: AdoptionWorld): Promise<void> {
  await rm(join(dirname(world.root), 'data', 'test', 'lock'), { force: true });
}

/** What was adopted, without what may differ: the lock, and which of two equal runs left an empty folder. */
async function filesOf(world: AdoptionWorld): Promise<Record<string, string>> {
  const files = await world.files();
  const kept = [...files].filter(([path]) => !/^data\/test\/\.?lock/.test(path));
  return Object.fromEntries(kept.map(([path, bytes]) => [path, path.endsWith('.tar') ? String(bytes.length) : bytes]));
}
