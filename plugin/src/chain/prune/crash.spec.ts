import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { changesOf, crashAt } from '../../../../testing/worlds/crash';
import {
  aDisk,
  archivesBelow,
  aSite,
  pruned,
  rebased,
  restore,
  run,
  stored,
  withRebasedMirror,
} from '../../../../testing/worlds/pruning';
import type { World } from '../../../../testing/worlds/world';
import { validate } from '../../validation/validate';

const [seq1, seq2, seq3, seq4] = rebased;
let original: World;
let world: World;

withRebasedMirror((copy, shared) => {
  world = copy;
  original = shared.original;
});

describe('after a kill at any change of the file system', () => {
  it.each(['deleting', 'moving'])(
    '%s again ends as if there had been none, and meanwhile nothing is lost',
    async (how) => {
      await aSite(world, 'bravo', 4);
      const prepared = await world.copy();
      const to = how === 'moving' ? await aDisk(world) : undefined;
      const changes = await changesOf(() => pruned(world, { to }));
      const archives = [...(await original.files())].filter(([path]) => path.startsWith('data/test/store/'));
      for (let nth = 1; nth <= changes; nth += 1) {
        const other = await prepared.copy();
        try {
          const disk = to === undefined ? undefined : await aDisk(other);
          const killed = await crashAt(nth, () => pruned(other, { to: disk }));
          expect(killed).toBe(true);
          // The lock of a dead process is stale, but this process lives on.
          await rm(join(other.data, 'lock'), { force: true });
          const files = await other.files();
          const texts = new Set(files.values());
          for (const [path, text] of archives) {
            const isRetired = path.includes(seq1) || path.includes(seq2);
            // What is moved is always somewhere whole; what stays is always in its place.
            if (!isRetired || disk !== undefined)
              expect({ nth, path, there: texts.has(text) }).toEqual({ nth, path, there: true });
            if (!isRetired) expect(files.get(path)).toBe(text);
            // What is gone is recorded.
            const [, folder = ''] = /store\/([^/]+)\.[0-9a-f]{12}\//.exec(path) ?? [];
            if (!files.has(path))
              expect(files.get(`mirror/content/${folder}/custody.yaml`)).toContain('state: retired');
          }
          const { sound } = await validate({ ...run, location: other.location, depth: 'deep' });
          expect({ nth, sound }).toEqual({ nth, sound: true });
          await pruned(other, { to: disk });
          expect(await stored(other)).toEqual([seq3, seq4]);
          if (disk !== undefined) {
            expect([...archivesBelow(disk).keys()].length).toBe(2);
            for (const folder of [seq1, seq2]) await restore(other, folder);
            expect(await stored(other)).toEqual([...rebased]);
          }
        } finally {
          await other.remove();
        }
      }
      await prepared.remove();
      expect(changes).toBeGreaterThan(10);
    },
    400_000,
  );

  it('restore continues', async () => {
    await aSite(world, 'bravo', 4);
    const disk = await aDisk(world);
    await pruned(world, { to: disk });
    const prepared = await world.copy();
    const from = disk;
    const changes = await changesOf(() => restore(world, seq1, { from }));
    for (let nth = 1; nth <= changes; nth += 1) {
      const other = await prepared.copy();
      try {
        expect(await crashAt(nth, () => restore(other, seq1, { from }))).toBe(true);
        await rm(join(other.data, 'lock'), { force: true });
        const { sound } = await validate({ ...run, location: other.location, depth: 'deep' });
        expect({ nth, sound }).toEqual({ nth, sound: true });
        await restore(other, seq1, { from });
        const after = await other.files();
        for (const [path, text] of await original.files())
          if (path.includes(seq1))
            expect({ nth, path, same: after.get(path) === text }).toEqual({ nth, path, same: true });
      } finally {
        await other.remove();
      }
    }
    await prepared.remove();
    expect(changes).toBeGreaterThan(5);
  }, 400_000);
});
