import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../../../testing/images/image';
import type { Lab } from '../../../../testing/lab/lab';
import { moveTag } from '../../../../testing/lab/lab';
import { bundle } from '../../../../testing/worlds/bundling';
import type { World } from '../../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../../testing/worlds/world';
import { silentProgress } from '../../system/progress';
import type { PlanOptions, SequencePlan } from './plan';
import { planMirroring } from './plan';

let upstream: Lab;
let world: World;

beforeEach(async () => {
  upstream = await startUpstream();
  world = await aWorld(upstream);
});
afterEach(async () => {
  await world.remove();
  await upstream.stop();
});

async function planned(more: Partial<PlanOptions> = {}): Promise<SequencePlan> {
  const outcome = await planMirroring({
    location: world.location,
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date(Date.UTC(2026, 10, 24)),
    ...more,
  });
  if (outcome.kind !== 'planned') throw new Error(`it waits for ${outcome.waitsFor}`);
  return outcome.plan;
}

/** The archives of a sealed sequence in its folder. */
function archivesOf(folder: string, names: readonly string[]): Promise<{ name: string; bytes: number }[]> {
  return Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(join(world.root, 'mirror/content', folder, name))).size })),
  );
}

describe('planMirroring', () => {
  it('plans the next sequence to the byte, fetches no layer, and changes no file', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    const first = await planned();
    expect(first).toMatchObject({ folder: 'seq1-baseline', isSealed: false, isExact: true, unanswered: [] });
    expect(first.since).toBeUndefined();
    await world.seal('seq1-baseline');
    expect(await archivesOf('seq1-baseline', ['mirror_000001.tar'])).toEqual(first.archives);

    const before = await world.files();
    upstream.journal.clear();
    const second = await planned();
    expect(upstream.journal.blobsSent().size).toBe(0);
    expect(await world.files()).toEqual(before);
    expect(second).toMatchObject({
      folder: 'seq2-add-app',
      since: { folder: 'seq1-baseline' },
      changes: { total: { added: { images: 1 }, shared: { images: 1 }, dropped: { images: 0, bytes: 0 } } },
      moves: { catalogs: [], tags: [] },
    });
    const { metadata } = await world.seal('seq2-add-app');
    expect(await archivesOf('seq2-add-app', ['mirror_000001.tar'])).toEqual(second.archives);
    expect(metadata.archives.map(({ bytes }) => bytes)).toEqual([second.bytes]);
  });

  it('tells for the newest configuration what moved upstream since it was sealed', async () => {
    await world.sequence('seq1-baseline', [ubi, app]);
    await world.seal('seq1-baseline');
    expect(await planned()).toMatchObject({
      folder: 'seq1-baseline',
      isSealed: true,
      changes: { total: { added: { images: 0, bytes: 0 }, shared: { images: 2 } } },
      moves: { catalogs: [], releases: { added: [], dropped: [] }, operators: [], tags: [] },
    });
    const from = await upstream.digestOf(app);
    moveTag(upstream, app, anImage(app, { layers: [{ name: 'newer', bytes: 70_000 }] }));
    const plan = await planned();
    expect(plan.moves?.tags).toEqual([{ source: app, from, to: await upstream.digestOf(app) }]);
    expect(plan.changes.total).toMatchObject({ added: { images: 1 }, shared: { images: 1 }, dropped: { images: 1 } });
    expect(plan.changes.total.added.bytes).toBeGreaterThan(70_000);
    await world.sequence('seq2-again', [ubi, app]);
    await world.mirror('seq2-again', { refresh: true });
    expect(await archivesOf('seq2-again', ['mirror_000001.tar'])).toEqual(plan.archives);
  });

  it('plans a sequence that asks for nothing new, and still says how to mirror it', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    await world.sequence('seq2-again', [ubi]);
    expect(await planned()).toMatchObject({
      isRepetition: true,
      notes: ['the configuration is the same as in seq1-baseline'],
    });
  });

  it('counts everything with `base: none`, and counts again what only a lost sequence held', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const first = await planned();
    await world.seal('seq1-baseline');
    await world.sequence('seq2-whole', [ubi, app]);
    await world.write('mirror/content/seq2-whole/sequence.yaml', 'schema: seqmirror/v1\ndescription: x\nbase: none\n');
    expect((await planned()).bytes).toBeGreaterThan(first.bytes);
    await world.write('mirror/content/seq2-whole/sequence.yaml', 'schema: seqmirror/v1\ndescription: x\n');
    expect((await planned()).bytes).toBeLessThan(first.bytes);
    await world.write('mirror/content/seq1-baseline/custody.yaml', 'schema: seqmirror/v1\nstate: lost\ncopies: []\n');
    expect((await planned()).bytes).toBeGreaterThan(first.bytes);
  });

  it('waits for the sequence before, and names it', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    await world.sequence('seq2-add-app', [ubi, app]);
    await expect(planned({ folder: 'seq2-add-app' })).rejects.toThrow('it waits for seq1-baseline');
  });

  it('refuses to plan a sealed sequence, and a mirror without a sequence', async () => {
    await expect(planned()).rejects.toMatchObject({ code: 'SEQ0240' });
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    await expect(planned({ folder: 'seq1-baseline' })).rejects.toMatchObject({ code: 'SEQ0240' });
  });

  it('fails if a registry cannot be asked, since that is not a plan of nothing', async () => {
    await world.sequence('seq1-baseline', [ubi, 'quay.io/platform/gone:1']);
    await expect(planned()).rejects.toMatchObject({ code: 'SEQ0506' });
    await world.write('mirror/seqmirror.yaml', `${await world.read('mirror/seqmirror.yaml')}retries: 0\n`);
    await world.sequence('seq1-baseline', [ubi, '127.0.0.1:1/platform/app:1']);
    await expect(planned()).rejects.toMatchObject({ code: 'SEQ0503' });
  });

  it('expects a run to take as long as those before on this machine, and ignores runs that made little', async () => {
    const large = (name: string) =>
      anImage(`quay.io/platform/${name}:1`, { layers: [{ name, bytes: 17 * 1024 ** 2 }] });
    upstream.registry.add(large('one'));
    upstream.registry.add(large('two'));
    await world.sequence('seq1-small', [tools]);
    await world.seal('seq1-small');
    await world.sequence('seq2-one', [tools, 'quay.io/platform/one:1']);
    expect((await planned()).time).toBeUndefined();
    await world.seal('seq2-one');
    await world.sequence('seq3-two', [tools, 'quay.io/platform/one:1', 'quay.io/platform/two:1']);
    const { time } = await planned();
    expect(time).toMatchObject({ runs: 1 });
    expect(time?.bytesPerSecond).toBeGreaterThan(0);
    expect(time?.milliseconds).toBeGreaterThan(0);
  });

  it.each([3_000_000, 700_000, 300_000])(
    'counts as many volumes of %d bytes as the bundle then has, and never too few',
    async (media) => {
      const large = 'quay.io/platform/large:1';
      upstream.registry.add(anImage(large, { layers: [{ name: 'large', bytes: 1_500_000 }] }));
      await world.sequence('seq1-baseline', [ubi, app]);
      await world.seal('seq1-baseline');
      await world.sequence('seq2-large', [ubi, large]);
      const { volumes } = await planned({ media: String(media) });
      await world.seal('seq2-large');
      const outcome = await bundle(world, 'seq2-large', { plan: true, media: String(media), kind: 'individual' });
      const rows = outcome.kind === 'planned' ? outcome.rows : [];
      const taken = rows.find(({ kind }) => kind === 'individual')?.volumes ?? 0;
      expect(volumes?.count).toBeGreaterThanOrEqual(taken);
      // On the smallest medium, records take most of each volume, and those that are not written yet count as larger.
      if (media > 300_000) expect(volumes).toEqual({ media: String(media), count: taken });
    },
  );

  it('refuses an unknown medium before it asks any registry', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    upstream.journal.clear();
    await expect(planned({ media: 'floppy' })).rejects.toMatchObject({ code: 'SEQ0670' });
    expect(upstream.journal.entries).toEqual([]);
  });

  it('plans in CI, where mirroring is refused', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const location = { ...world.location, env: { ...world.location.env, CI: 'true' } };
    await expect(world.mirror('seq1-baseline', { location })).rejects.toMatchObject({ code: 'SEQ0208' });
    expect(await planned({ location })).toMatchObject({ folder: 'seq1-baseline' });
  });

  it('says whether the disk has room, and plans in any case', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const { space, bytes } = await planned();
    expect(space.isEnough).toBe(true);
    expect(space.neededBytes).toBeGreaterThan(bytes);
  });
});
