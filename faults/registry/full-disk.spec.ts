/**
 * A docker-registry whose disk becomes full at any moment of an upload. It leaves damaged entries then, for which it
 * answers HTTP 500 from then on: nothing may be tagged that it cannot serve, and when it has room, the same command again
 * either finishes or names what has to be removed from its storage, and finishes after that.
 */
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeqmirrorError } from '../../plugin/src/system/errors';
import { isSeqmirrorError } from '../../plugin/src/system/errors';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';
import { diceFrom } from '../../testing/lab/random';
import { contentOf } from '../../testing/lab/registry-content';
import { describeWith } from '../../testing/lab/requirements';
import { describeWithSmallDisk, smallDisk } from '../../testing/lab/small-disk';
import { settingsTrusting, upload as uploaded } from '../../testing/worlds/uploading';
import type { World } from '../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../testing/worlds/world';
import { runSeed, sizeOf, withSeed } from '../size';

jest.setTimeout(sizeOf({ small: 5, full: 20 }) * 60_000);

const sequence = 'seq1-baseline';
const rounds = sizeOf({ small: 4, full: 120 });
const enough = 100_000_000;

describeWith(['docker-registry', 'skopeo'], withSeed(`${rounds} registries`), () => {
  describeWithSmallDisk('whose disk becomes full', () => {
    let upstream: Lab;
    let world: World;
    let wanted: Record<string, string>;
    let bytes: number;

    const upload = async ({ host }: DebianRegistry): Promise<SeqmirrorError | undefined> => {
      await world.write('mirror/seqmirror.yaml', settingsTrusting(host));
      try {
        await uploaded(world, sequence, { registry: `${host}/mirror` });
        return undefined;
      } catch (error) {
        if (isSeqmirrorError(error)) return error;
        throw error;
      }
    };

    const onDisk = async (size: number, work: (registry: DebianRegistry, grow: () => void) => Promise<void>) => {
      const disk = smallDisk(size);
      const registry = await startDebianRegistry({ folder: disk.folder });
      try {
        await work(registry, () => disk.grow(enough));
      } finally {
        await registry.stop();
        disk.remove();
      }
    };

    beforeAll(async () => {
      upstream = await startUpstream();
      world = await aWorld(upstream);
      await world.sequence(sequence, [ubi, app, tools]);
      await world.seal(sequence);
      await onDisk(enough, async (registry) => {
        expect(await upload(registry)).toBeUndefined();
        wanted = await contentOf(registry);
        bytes = Number(execFileSync('du', ['-s', '-B1', registry.folder], { encoding: 'utf8' }).split('\t')[0]);
      });
      expect(Object.keys(wanted).length).toBeGreaterThan(5);
    });
    afterAll(async () => {
      await world?.remove();
      await upstream?.stop();
    });

    it('tags nothing that is not whole, and finishes when there is room', async () => {
      const ends = { full: 0, 'finished at once': 0, 'finished when what was named was removed': 0 };
      for (let round = 0; round < rounds; round += 1) {
        const dice = diceFrom(runSeed(), 'full disk', round);
        // Manifests and tags take the last tenth: half of the rounds become full there.
        const size = dice.once(2) ? dice.number(bytes) : bytes - dice.number(Math.ceil(bytes / 10));
        await onDisk(Math.max(size, 64 * 1024), async (registry, grow) => {
          const first = await upload(registry);
          if (first === undefined) return expect(await contentOf(registry)).toEqual(wanted);
          expect([round, first.code]).toEqual([round, 'SEQ0520']);
          ends.full += 1;
          grow();
          const second = await upload(registry);
          if (second !== undefined) {
            expect([round, second.code]).toEqual([round, 'SEQ0525']);
            // What nobody removes stays in the way: a third run is not taken in by what the second one put.
            expect([round, (await upload(registry))?.code]).toEqual([round, 'SEQ0525']);
            expect(await contentOf(registry)).toEqual({});
            for (const folder of second.details ?? []) await rm(join(registry.folder, folder), { recursive: true });
            expect([round, await upload(registry)]).toEqual([round, undefined]);
          }
          ends[second === undefined ? 'finished at once' : 'finished when what was named was removed'] += 1;
          expect([round, await contentOf(registry)]).toEqual([round, wanted]);
        });
      }
      console.info(JSON.stringify(ends));
      expect(ends.full).toBeGreaterThan(0);
    });
  });
});
