import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { bundled } from '../../../testing/worlds/bundling';
import type { World } from '../../../testing/worlds/world';
import { aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import { openBundleFolder, readBundleChain } from './bundle-folder';

let upstream: Lab;
let world: World;
beforeAll(async () => {
  upstream = await startUpstream();
  world = await aSealedMirror(upstream, { 'seq1-baseline': [ubi] });
  await bundled(world, 'seq1-baseline');
  for (const folder of [dirname(world.root), world.root]) await chmod(folder, 0o755);
});
afterAll(async () => {
  await world.remove();
  await upstream.stop();
});

/** Works as an account that isn't root, since root may read everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65534);
  return work().finally(() => process.seteuid?.(0));
}

describe('the records on a medium', () => {
  it('are called unreadable, not wrong, if another account may not read them', async () => {
    const folder = join(world.root, 'disk');
    const bundle = await openBundleFolder(folder);
    const lock = join(folder, 'chain/chain.lock');
    await chmod(lock, 0o000);
    await expect(asNobody(() => readBundleChain(folder, bundle))).rejects.toMatchObject({
      code: 'SEQ0702',
      what: expect.stringMatching(/chain\.lock cannot be read \(EACCES\)$/),
    });
    await chmod(lock, 0o644);
    expect((await asNobody(() => readBundleChain(folder, bundle))).sequences).toHaveLength(1);
  });
});
