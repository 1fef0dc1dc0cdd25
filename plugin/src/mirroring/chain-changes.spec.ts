/** void, renumber, unlock and list, on real chains. */
import { access, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { anImage } from '../../../testing/images/image';
import { refusalOf } from '../../../testing/run/refusal';
import type { Lab } from '../../../testing/lab/lab';
import { moveTag } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { listSequences } from '../chain/list-sequences';
import { renumberSequence } from '../chain/renumber-sequence';
import { unlockMirror } from '../chain/unlock-mirror';
import { voidSequence } from '../chain/void-sequence';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';

const now = () => new Date('2026-11-23T07:00:00Z');
const run = { progress: silentProgress, signal: new AbortController().signal, now };

let upstream: Lab;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());
beforeEach(async () => {
  world = await aSealedMirror(upstream, { 'seq1-baseline': [ubi] });
});
afterEach(() => world.remove());

async function codeOf(work: Promise<unknown>): Promise<string> {
  const { code, why = '' } = await refusalOf(work);
  return `${code} ${why}`;
}

const content = (...path: string[]) => join(world.root, 'mirror/content', ...path);
const states = async () =>
  (await listSequences(world.location)).sequences.map(({ folder, state }) => `${folder} ${state}`);

/** Seals `ours` and `theirs` behind the same sequence, as two branches do, and merges both lines into chain.lock. */
async function sealOnTwoBranches(folders: readonly [string, string], images: readonly [string, string]): Promise<void> {
  const [ours, theirs] = folders;
  await world.sequence(ours, [ubi, images[0]]);
  await world.seal(ours);
  const lock = await world.read('mirror/content/chain.lock');
  await rename(content(ours), join(world.root, ours));
  await world.write('mirror/content/chain.lock', lock.replace(/^2 .*\n/m, ''));
  await world.sequence(theirs, [ubi, images[1]]);
  await world.seal(theirs);
  const line = (await world.read('mirror/content/chain.lock')).split('\n').find((text) => text.startsWith('2 '));
  await rename(join(world.root, ours), content(ours));
  await world.write('mirror/content/chain.lock', `${lock}${line}\n`);
}

describe('renumberSequence', () => {
  it('puts a sealed sequence behind the other without asking a registry, and keeps its archives', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const sums = await world.read('mirror/content/seq2-add-tools/SHA256SUMS');
    upstream.journal.clear();
    const outcome = await renumberSequence({
      ...run,
      location: world.location,
      folder: 'seq2-add-tools',
      dryRun: false,
    });

    expect(outcome).toEqual({
      from: 'seq2-add-tools',
      to: 'seq3-add-tools',
      sealed: true,
      next: undefined,
      done: true,
    });
    expect(upstream.journal.entries).toEqual([]);
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-app sealed', 'seq3-add-tools sealed']);
    expect(await world.read('mirror/content/seq3-add-tools/SHA256SUMS')).toBe(sums);
    expect(await world.mirror('seq3-add-tools')).toMatchObject({
      kind: 'already-sealed',
      metadata: {
        changes: { added: [tools], removed: [app] },
        renumbered_from: { sequence_number: 2 },
        air_gapped_transfer: { dependencies: ['seq1'] },
      },
    });
    await access(content('seq3-add-tools', 'mirror_000001.tar'));
    await world.sequence('seq4-both', [ubi, app, tools]);
    expect((await world.seal('seq4-both')).newBlobs).toBe(0);
  });

  it('moves a whole branch, one sequence after the other', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const lock = await world.read('mirror/content/chain.lock');
    await rename(content('seq2-add-app'), join(world.root, 'aside'));
    await world.write('mirror/content/chain.lock', lock.replace(/^2 seq2-add-app .*\n/m, ''));
    await world.sequence('seq3-neither', [ubi, tools, app]);
    await world.seal('seq3-neither');
    await rename(join(world.root, 'aside'), content('seq2-add-app'));
    // Only our lines of chain.lock are kept: the worst kind of merge.
    await world.write('mirror/content/chain.lock', lock.replace(/^2 seq2-add-tools .*\n/m, ''));

    const first = await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    expect(first).toMatchObject({ to: 'seq3-add-tools', next: 'seq3-neither' });
    const second = await renumberSequence({ ...run, location: world.location, folder: 'seq3-neither', dryRun: false });
    expect(second).toMatchObject({ to: 'seq4-neither', next: undefined });
    expect(await states()).toEqual([
      'seq1-baseline sealed',
      'seq2-add-app sealed',
      'seq3-add-tools sealed',
      'seq4-neither sealed',
    ]);
  });

  it('moves a whole branch whose lines were all kept beside the others', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const both = await world.read('mirror/content/chain.lock');
    await rename(content('seq2-add-app'), join(world.root, 'aside'));
    await world.write('mirror/content/chain.lock', both.replace(/^2 seq2-add-app .*\n/m, ''));
    await world.sequence('seq3-neither', [ubi, tools, app]);
    await world.seal('seq3-neither');
    await rename(join(world.root, 'aside'), content('seq2-add-app'));
    const line = /^3 .*\n/m.exec(await world.read('mirror/content/chain.lock'))?.[0];
    await world.write('mirror/content/chain.lock', `${both}${line}`);

    const first = await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    expect(first).toMatchObject({ to: 'seq3-add-tools', next: 'seq3-neither' });
    await renumberSequence({ ...run, location: world.location, folder: 'seq3-neither', dryRun: false });
    expect(await states()).toEqual([
      'seq1-baseline sealed',
      'seq2-add-app sealed',
      'seq3-add-tools sealed',
      'seq4-neither sealed',
    ]);
  });

  it.each(['seq2-add-app', 'seq2-add-tools'])('changes nothing while neither has a line: %s', async (folder) => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const lock = await world.read('mirror/content/chain.lock');
    await world.write('mirror/content/chain.lock', lock.replaceAll(/^2 .*\n/gm, ''));
    const before = await world.files();
    const work = renumberSequence({ ...run, location: world.location, folder, dryRun: false });
    expect(await codeOf(work)).toContain('SEQ0231 chain.lock has no line for seq2-add-');
    expect(await world.files()).toEqual(before);
  });

  it('keeps archives that leave out links, unless the other branch moved a tag of theirs', async () => {
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.seal('seq2-add-app');
    const lock = await world.read('mirror/content/chain.lock');
    const onBranch = async (folder: string, images: readonly string[]): Promise<string> => {
      await world.write('mirror/content/chain.lock', lock);
      await world.sequence(folder, [...images]);
      await world.mirror(folder, { refresh: true });
      await rename(content(folder), join(world.root, folder));
      return world.read('mirror/content/chain.lock');
    };
    await onBranch('seq3-add-tools', [ubi, app, tools]);
    const theirs = await onBranch('seq3-without-app', [ubi]);
    moveTag(upstream, app, anImage(app, { layers: ['moved'] }));
    const others = await onBranch('seq3-moved-app', [ubi, app]);
    await upstream.stop();
    upstream = await startUpstream();

    const merged = async (folder: string, after: string): Promise<World> => {
      const other = await world.copy();
      for (const name of [folder, 'seq3-add-tools'])
        await rename(join(other.root, name), join(other.root, 'mirror/content', name));
      await other.write('mirror/content/chain.lock', after);
      return other;
    };
    const renumber = ({ location }: World) =>
      renumberSequence({ ...run, location, folder: 'seq3-add-tools', dryRun: false });
    const dropped = await merged('seq3-without-app', theirs);
    expect(await renumber(dropped)).toMatchObject({ to: 'seq4-add-tools' });
    expect(await dropped.read('mirror/content/seq4-add-tools/seq-metadata.yaml')).toMatch(/^links_since: seq2$/m);
    const { sequences } = await validate({ ...run, location: dropped.location, depth: 'deep' });
    expect(sequences.map(({ verdict, findings }) => [verdict, findings])).toEqual(sequences.map(() => ['PROVEN', []]));
    await dropped.remove();

    const turned = await merged('seq3-moved-app', others);
    const before = await turned.files();
    expect(await codeOf(renumber(turned))).toContain(
      'SEQ0231 The archives of this sequence leave out links of earlier sequences, and after seq3 the links of 1 image would be missing',
    );
    expect(await turned.files()).toEqual(before);
    await turned.remove();
  });

  it('tells two folders apart that have the same seal, because both branches sealed the same', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-app-too'], [app, app]);
    await renumberSequence({ ...run, location: world.location, folder: 'seq2-app-too', dryRun: false });
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-app sealed', 'seq3-app-too sealed']);
  });

  it('renames a planned folder, and leaves its configuration alone', async () => {
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.sequence('seq2-add-tools', [ubi, tools]);
    const config = await world.read('mirror/content/seq2-add-tools/imageset-config.yaml');
    await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    expect(await world.read('mirror/content/seq3-add-tools/imageset-config.yaml')).toBe(config);
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-app planned', 'seq3-add-tools planned']);
  });

  it('shows what it would do', async () => {
    await world.sequence('seq1-other', [app]);
    const before = await world.files();
    expect(
      await renumberSequence({ ...run, location: world.location, folder: 'seq1-other', dryRun: true }),
    ).toMatchObject({
      to: 'seq2-other',
      done: false,
    });
    expect(await world.files()).toEqual(before);
  });

  it('seals nothing behind a sequence whose records were edited', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const inventory = 'mirror/content/seq1-baseline/seq-inventory.jsonl';
    await world.write(inventory, (await world.read(inventory)).replace(/"bytes":\d+/, '"bytes":1'));
    const before = await world.files();
    const moved = renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    expect(await codeOf(moved)).toMatch(/^SEQ0233 /);
    expect(await world.files()).toEqual(before);
  });

  it('refuses if nobody else claims the number', async () => {
    const work = renumberSequence({ ...run, location: world.location, folder: 'seq1-baseline', dryRun: false });
    expect(await codeOf(work)).toBe('SEQ0231 No other folder has the number 1');
  });
});

describe('voidSequence', () => {
  it('makes the last sequence planned again and keeps a tombstone', async () => {
    const outcome = await voidSequence({ ...run, location: world.location, folder: 'seq1-baseline', dryRun: false });
    expect(outcome.done).toBe(true);
    expect(await states()).toEqual(['seq1-baseline planned']);
    expect(await world.read('mirror/content/chain.lock')).toContain(`1 seq1-baseline ${outcome.entry.seal} void`);
    expect([...(await world.files()).keys()].filter((path) => path.endsWith('.tar'))).toEqual([]);
    await world.sequence('seq1-baseline', [app]);
    expect((await world.seal('seq1-baseline')).metadata.changes.added).toEqual([app]);
  });

  it('can be followed by another void, as it recommends, and by sealing everything again', async () => {
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.seal('seq2-add-app');
    for (const folder of ['seq2-add-app', 'seq1-baseline'])
      await voidSequence({ ...run, location: world.location, folder, dryRun: false });
    expect((await listSequences(world.location)).findings).toEqual([]);
    expect(await states()).toEqual(['seq1-baseline planned', 'seq2-add-app planned']);
    for (const folder of ['seq1-baseline', 'seq2-add-app']) await world.seal(folder);
    expect((await listSequences(world.location)).findings).toEqual([]);
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-app sealed']);
  });

  it('removes nothing in a dry run', async () => {
    const before = await world.files();
    await voidSequence({ ...run, location: world.location, folder: 'seq1-baseline', dryRun: true });
    expect(await world.files()).toEqual(before);
  });

  it('refuses a sequence that a site was sent', async () => {
    const [, seal] = /^1 \S+ (\S+)$/m.exec(await world.read('mirror/content/chain.lock')) ?? [];
    await world.write('mirror/sites/bravo/transfers/T0001.yaml', `head:\n  seal: ${seal}\n`);
    const first = voidSequence({ ...run, location: world.location, folder: 'seq1-baseline', dryRun: false });
    expect(await codeOf(first)).toBe(
      'SEQ0230 The sequence was already sent to a site: mirror/sites/bravo/transfers/T0001.yaml contains its seal',
    );
  });

  it('refuses a sequence that another was sealed behind, and one that is not sealed', async () => {
    await world.sequence('seq2-add-app', [ubi, app]);
    const planned = voidSequence({ ...run, location: world.location, folder: 'seq2-add-app', dryRun: false });
    expect(await codeOf(planned)).toBe('SEQ0230 The sequence is not sealed');
    await world.seal('seq2-add-app');
    const first = voidSequence({ ...run, location: world.location, folder: 'seq1-baseline', dryRun: false });
    expect(await codeOf(first)).toBe('SEQ0230 seq2-add-app was sealed later and contains the seal of this sequence');
  });
});

describe('unlockMirror', () => {
  async function leaveLock(host: string): Promise<void> {
    const holder = {
      host,
      process: { pid: 4121, started: 'then' },
      since: '2026-11-23T06:08:52.000Z',
      purpose: 'seq3',
    };
    await mkdir(dirname(join(world.data, 'lock')), { recursive: true });
    await writeFile(join(world.data, 'lock'), `${JSON.stringify(holder)}\n`);
  }

  it('opens a lock of another host only if a person says that the host is gone', async () => {
    await leaveLock('builder-3');
    expect(await codeOf(unlockMirror({ location: world.location, now: now() }))).toContain('SEQ0203');
    expect(await codeOf(unlockMirror({ location: world.location, gone: 'builder-4', now: now() }))).toContain(
      'SEQ0203',
    );
    expect(await unlockMirror({ location: world.location, gone: 'builder-3', now: now() })).toMatchObject({
      kind: 'unlocked',
    });
    expect(await unlockMirror({ location: world.location, now: now() })).toEqual({ kind: 'was-free' });
  });
});

describe('listSequences', () => {
  it('lists sealed, planned and broken sequences side by side', async () => {
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.write('mirror/content/seq1-baseline/seq-inventory.jsonl', 'no record\n');
    const { sequences } = await listSequences(world.location);
    expect(sequences).toMatchObject([
      { folder: 'seq1-baseline', state: 'broken', problem: { code: 'SEQ0211' } },
      { folder: 'seq2-add-app', state: 'planned' },
    ]);
  });

  it('lists a sealed sequence that lost its line as broken, with what to do', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const { sequences, findings } = await listSequences(world.location);
    expect(sequences).toMatchObject([
      { folder: 'seq1-baseline', state: 'sealed' },
      { folder: 'seq2-add-app', state: 'sealed' },
      { folder: 'seq2-add-tools', state: 'broken', problem: { code: 'SEQ0202' } },
    ]);
    expect(findings).toMatchObject([{ code: 'SEQ0202', next: expect.stringContaining('nx run mirror:renumber') }]);
  });

  it('finds the archives of a sequence that was renumbered on another machine', async () => {
    await sealOnTwoBranches(['seq2-add-app', 'seq2-add-tools'], [app, tools]);
    const store = join(world.data, 'store');
    await cp(store, join(world.root, 'its-store'), { recursive: true });
    await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    await rm(store, { recursive: true });
    await rename(join(world.root, 'its-store'), store);
    const { sequences } = await listSequences(world.location);
    expect(sequences.map(({ folder, sealed }) => [folder, sealed?.archives])).toEqual([
      ['seq1-baseline', 'store'],
      ['seq2-add-app', 'store'],
      ['seq3-add-tools', 'store'],
    ]);
  });

  it('shows what complete archives would have held', async () => {
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.seal('seq2-add-app');
    const { sequences, completeArchivesBytes, archiveBytes } = await listSequences(world.location);
    const [first = 0, second = 0] = sequences.map(({ sealed }) => sealed?.closureBytes);
    expect(second).toBeGreaterThan(first);
    expect(completeArchivesBytes).toBe(first + second);
    expect(archiveBytes).toBeLessThan(completeArchivesBytes);
  });
});
