import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Lab } from '../../../testing/lab/lab';
import { crashAt } from '../../../testing/worlds/crash';
import type { World } from '../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { listSequences } from '../chain/list-sequences';
import { renumberSequence } from '../chain/renumber-sequence';
import { voidSequence } from '../chain/void-sequence';
import { openMirror } from '../mirror/mirror';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { silentProgress } from '../system/progress';

const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-23T07:00:00Z'),
};

let upstream: Lab;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

/** What people see of a world: the chain with everything that is computed, and each sequence's texts. */
async function seen(world: World): Promise<unknown> {
  const { sequences, ...listing } = await listSequences(world.location);
  const texts = [...(await world.files())].filter(([path]) => path.startsWith('mirror/content/'));
  // Times differ from run to run; seals do not depend on them.
  const undated = texts.map(([path, text]) => [path, text.replace(/^timestamp: .*$/m, '')]);
  const kept = [await namesIn(world, 'store'), await namesIn(world, 'frames')];
  return { listing, states: sequences.map(({ folder, state }) => [folder, state]), undated, kept };
}

/** What the data directory keeps of sealed sequences: each archive and its frame. */
async function namesIn(world: World, kind: 'store' | 'frames'): Promise<string[]> {
  const names = await readdir(join(world.data, kind), { recursive: true }).catch(() => []);
  return names.map((name) => name.replace(/\.frame\.gz$/, '')).sort();
}

async function leftovers(world: World): Promise<string[]> {
  const stages = await readdir(join(world.data, 'stage')).catch(() => []);
  const folders = await readdir(join(world.root, 'mirror', 'content'));
  const temporary = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(world.root, 'mirror/content', folder)).catch(() => [])).filter((name) =>
        name.endsWith('.tmp'),
      ),
    ),
  );
  return [...stages, ...temporary.flat()];
}

/** Runs `work` and kills it at its first, second, … change, until a run survives. After each kill, `again` must repair it. */
async function atEveryChange(
  prepare: (world: World) => Promise<void>,
  steps: {
    work: (world: World) => Promise<unknown>;
    whenKilled?: ((world: World) => Promise<void>) | undefined;
    again: (world: World) => Promise<unknown>;
  },
): Promise<void> {
  const results: { nth: number; seen: unknown; leftovers: string[] }[] = [];
  const prepared = await aWorld(upstream);
  await prepare(prepared);
  for (let nth = 1, killed = true; killed; nth += 1) {
    const world = await prepared.copy();
    try {
      killed = await crashAt(nth, () => steps.work(world));
      // The lock of a dead process is stale, but this process lives on.
      await rm(join(world.data, 'lock'), { force: true });
      if (killed) {
        await steps.whenKilled?.(world);
        await steps.again(world);
        // The next run that takes the lock clears up.
        await withMirrorLock(await openMirror(world.location), { ...run, purpose: 'next' }, async () => undefined);
      }
      results.push({ nth, seen: await seen(world), leftovers: await leftovers(world) });
    } finally {
      await world.remove();
    }
  }
  await prepared.remove();
  const uninterrupted = results.at(-1)?.seen;
  expect(results.length).toBeGreaterThan(5);
  const [store, frames] = (uninterrupted as { kept: [string[], string[]] }).kept;
  expect(frames).toEqual(store);
  for (const { nth, ...result } of results)
    expect({ nth, ...result }).toEqual({ nth, seen: uninterrupted, leftovers: [] });
}

describe('after being killed at any change of the file system', () => {
  it('mirroring again ends sealed and correct, and the sequence before is as it was', async () => {
    let before: [string, string][];
    const ofBaseline = (files: Iterable<[string, string]>) =>
      [...files].filter(([path]) => path.includes('seq1-baseline'));
    const sealOne = async (world: World): Promise<void> => {
      await world.sequence('seq1-baseline', [ubi]);
      await world.sequence('seq2-add-app', [ubi, app]);
      await world.seal('seq1-baseline');
      before = ofBaseline(await world.files());
    };
    await atEveryChange(sealOne, {
      work: (world) => world.mirror('seq2-add-app'),
      whenKilled: async (world) => {
        const files = [...(await world.files())];
        expect(ofBaseline(files)).toEqual(before);
        for (const [path, text] of files) {
          // Everything that is visible in content/ and the store is whole.
          if (/^(mirror\/content|data\/test\/store)\/.*mirror_\d+\.tar$/.test(path))
            expect(text.slice(-1024)).toBe('\0'.repeat(1024));
          if (/^data\/test\/frames\/.*\.gz$/.test(path))
            expect(gunzipSync(Buffer.from(text, 'latin1')).subarray(-1024)).toEqual(Buffer.alloc(1024));
          if (/^mirror\/content\/seq.*\.(yaml|jsonl)$/.test(path)) expect(text.endsWith('\n')).toBe(true);
        }
      },
      again: (world) => world.mirror('seq2-add-app'),
    });
  }, 240_000);

  it('void again leaves the sequence planned', async () => {
    const sealTwo = async (world: World): Promise<void> => {
      await world.sequence('seq1-baseline', [ubi]);
      await world.sequence('seq2-add-app', [ubi, app]);
      await world.seal('seq1-baseline');
      await world.seal('seq2-add-app');
    };
    const makeVoid = (world: World) =>
      voidSequence({ ...run, location: world.location, folder: 'seq2-add-app', dryRun: false });
    await atEveryChange(sealTwo, {
      work: makeVoid,
      again: async (world) => {
        const { sequences } = await listSequences(world.location);
        if (sequences[1]?.state !== 'planned') await makeVoid(world);
        // What a stopped void may leave behind is cleared when the sequence is mirrored again.
        await world.seal('seq2-add-app');
        await makeVoid(world);
      },
    });
  }, 240_000);

  it('renumbering again, or any run, ends with one sequence behind the other', async () => {
    const twoBranches = async (world: World): Promise<void> => {
      await world.sequence('seq1-baseline', [ubi]);
      await world.seal('seq1-baseline');
      await world.sequence('seq2-add-app', [ubi, app]);
      await world.seal('seq2-add-app');
      const ours = await world.read('mirror/content/chain.lock');
      await world.write('mirror/content/chain.lock', ours.replace(/^2 .*\n/m, ''));
      const aside = join(world.root, 'seq2-add-app');
      await rename(join(world.root, 'mirror/content/seq2-add-app'), aside);
      await world.sequence('seq2-add-tools', [ubi, tools]);
      await world.seal('seq2-add-tools');
      await rename(aside, join(world.root, 'mirror/content/seq2-add-app'));
      const theirs = (await world.read('mirror/content/chain.lock'))
        .split('\n')
        .filter((line) => line.startsWith('2 '));
      await world.write('mirror/content/chain.lock', `${ours}${theirs.join('\n')}\n`);
    };
    const renumber = (world: World) =>
      renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    await atEveryChange(twoBranches, {
      work: renumber,
      again: async (world) => {
        const { sequences } = await listSequences(world.location);
        if (sequences.some(({ folder }) => folder === 'seq2-add-tools')) await renumber(world).catch(() => undefined);
        expect((await world.mirror('seq3-add-tools')).kind).toBe('already-sealed');
      },
    });
  }, 240_000);
});
