import { existsSync, statSync } from 'node:fs';
import { lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import { listSequences } from '../chain/list-sequences';
import type { AdoptionWorld } from './original.fixture';
import { anAdoptionWorld, writeOriginals } from './original.fixture';

const memory = '/dev/shm';
const hasTwo = existsSync(memory) && statSync(memory).dev !== statSync(tmpdir()).dev;
const describeWithTwo = hasTwo ? describe : describe.skip;
const chain = aChain().baseline('baseline').differential('add-logging').build();
const archive = join('seq1-baseline', 'mirror_000001.tar');

describeWithTwo(`adopting across file systems${hasTwo ? '' : ' [skipped: needs a second one]'}`, () => {
  let world: AdoptionWorld;
  let far: string;
  beforeEach(async () => {
    world = await anAdoptionWorld();
    far = await mkdtemp(join(tmpdir(), 'seqmirror-far-'));
    await writeOriginals(far, chain, { archives: 'complete' });
  });
  afterEach(async () => {
    await world.remove();
    await rm(far, { recursive: true, force: true });
  });

  const sealed = async () => (await listSequences(world.location)).sequences.map(({ state }) => state);

  it('says beforehand that links are not possible, and changes nothing', async () => {
    const plan = await world.plan({ source: far });
    expect(plan.notes).toEqual([
      'The archives are on another file system than the data directory: add --copy or --move',
    ]);
    await expect(world.adopt({ source: far })).rejects.toMatchObject({
      code: 'SEQ0252',
      next: expect.stringMatching(/^Add --copy to copy and verify the archives \(\d/),
    });
    expect(await sealed()).toEqual([]);
  });

  it('copies, and leaves the originals', async () => {
    await world.adopt({ source: far, taking: 'copy' });
    expect(await sealed()).toEqual(['sealed', 'sealed']);
    expect(await readFile(join(world.content, archive))).toEqual(await readFile(join(far, archive)));
  });

  it('moves by copying first', async () => {
    const original = await readFile(join(far, archive));
    const { removed } = await world.adopt({ source: far, taking: 'move' });
    expect(removed).toHaveLength(2);
    expect(existsSync(join(far, archive))).toBe(false);
    expect(await readFile(join(world.content, archive))).toEqual(original);
  });

  it('in place, puts symbolic links where the archives were', async () => {
    const original = await readFile(join(far, archive));
    const mirror = await mkdtemp(join(tmpdir(), 'seqmirror-mirror-'));
    await writeOriginals(join(mirror, 'mirror', 'content'), chain, { archives: 'complete' });
    await writeFile(join(mirror, 'mirror', 'seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
    const location = { ...world.location, workspaceRoot: mirror };
    await world.adopt({ location, source: join(mirror, 'mirror', 'content'), taking: 'copy' });
    const path = join(mirror, 'mirror', 'content', archive);
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(await readFile(path)).toEqual(original);
    const again = await world.plan({ location, source: join(mirror, 'mirror', 'content') });
    expect([again.sequences, again.refused]).toEqual([[], undefined]);
    await rm(mirror, { recursive: true, force: true });
  });
});
