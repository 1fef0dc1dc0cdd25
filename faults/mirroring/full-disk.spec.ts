/**
 * A disk under the data directory that is too small, or becomes full at any moment of a run with a release, operators and
 * an image: told with what is needed, nothing half-made can be seen, and with more room the same command finishes.
 */
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DocumentedLab } from '../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../testing/lab/documented-lab';
import { diceFrom } from '../../testing/lab/random';
import type { SmallDisk } from '../../testing/lab/small-disk';
import { describeWithSmallDisk, smallDisk } from '../../testing/lab/small-disk';
import type { World } from '../../testing/worlds/world';
import { runSeed, sizeOf, withSeed } from '../size';
import { aPlannedWorld, contentOf, failureIn, failureOf, mirrored, shownOf } from './whole-imageset';

jest.setTimeout(sizeOf({ small: 10, full: 60 }) * 60_000);

const rounds = sizeOf({ small: 8, full: 80 });
// A run leaves 64 MiB free, and needs a few for itself.
const tooLittle = 20_000_000;
const enough = 100_000_000;

describeWithSmallDisk(withSeed(`a disk for ${rounds} runs`), () => {
  let upstream: DocumentedLab;
  let undisturbed: Record<string, string>;
  /** The number of requests in an undisturbed run. */
  let requests: number;

  const onDisk = async (size: number, work: (world: World, disk: SmallDisk) => Promise<void>): Promise<void> => {
    const world = await aPlannedWorld(upstream);
    const disk = smallDisk(size, { at: dirname(world.data) });
    try {
      await work(world, disk);
    } finally {
      disk.remove();
      await world.remove();
    }
  };

  beforeAll(async () => {
    upstream = await startDocumentedLab({ scale: 1 / 65536 });
    await onDisk(enough, async (world) => {
      upstream.journal.clear();
      await mirrored(world);
      requests = upstream.journal.entries.length;
      undisturbed = await contentOf(world);
    });
  });
  afterAll(() => upstream?.stop());

  it('is refused before a layer is fetched where it is too small', async () => {
    await onDisk(tooLittle, async (world, disk) => {
      upstream.journal.clear();
      expect(await failureOf(world)).toMatch(
        /^SEQ0701 \S+ \wiB are needed in .*; \S+ \wiB are free\n.*Nothing was written/,
      );
      expect(upstream.journal.matching({ path: /web-terminal.*\/blobs\// })).toEqual([]);
      disk.grow(enough);
      await mirrored(world);
      expect(await contentOf(world)).toEqual(undisturbed);
    });
  });

  it('may become full at any moment', async () => {
    let full = 0;
    for (let round = 0; round < rounds; round += 1) {
      const dice = diceFrom(runSeed(), 'full disk', round);
      await onDisk(enough, async (world, disk) => {
        upstream.journal.clear();
        const nth = dice.number(requests);
        let ended = false;
        const run = failureIn(world).finally(() => (ended = true));
        while (!ended && upstream.journal.entries.length < nth) await setTimeout(1);
        disk.fill();
        const printed = await run;
        if (printed !== undefined) {
          full += 1;
          expect([nth, printed]).toEqual([nth, expect.stringMatching(/^SEQ0701 /)]);
          expect([nth, await shownOf(world)]).toEqual([nth, []]);
        }
        disk.free();
        await mirrored(world);
        expect([nth, await contentOf(world)]).toEqual([nth, undisturbed]);
      });
    }
    expect(full).toBeGreaterThan(rounds / 2);
  });
});
