import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from '../archive/index';
import { app, aWorld, startUpstream, tools, ubi } from '../mirroring/world.fixture';
import type { World } from '../mirroring/world.fixture';
import { flip, lose } from '../repair/repair.fixture';
import { renderBundle } from '../report/bundle';
import type { Lab } from '../../../tools/lab/lab';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import { archiveText, bundle, bundled, sha256sum } from './bundle.fixture';
import { renderLedger } from './ledger';
import { renderSite } from './site';

jest.setTimeout(120_000);

const [seq1, seq2, seq3] = ['seq1-baseline', 'seq2-add-app', 'seq3-swap'] as const;

describe('bundleSequence', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const disk = () => join(world.root, 'disk');

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aWorld(upstream);
    await sealed.sequence(seq1, [ubi]);
    await sealed.seal(seq1);
    await sealed.sequence(seq2, [ubi, app]);
    await sealed.seal(seq2);
    await sealed.sequence(seq3, [app, tools]);
    await sealed.seal(seq3);
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
  });
  afterEach(() => world.remove());

  /** A site that has acknowledged sequences. */
  const site = async (name: string, numbers: readonly number[]): Promise<void> => {
    const lock = await world.read('mirror/content/chain.lock');
    const seal = (number: number) => new RegExp(`^${number} \\S+ (\\S+)`, 'm').exec(lock)?.[1] as never;
    await world.write(`mirror/sites/${name}/site.yaml`, renderSite({ schema: 'seqmirror/v1', name }));
    const entries = numbers.map((sequence) => ({
      sequence,
      seal: seal(sequence),
      confidence: 'proven' as const,
      held_in: 'registry' as const,
      at: '2026-11-20T08:00:00Z',
    }));
    await world.write(`mirror/sites/${name}/ledger.yaml`, renderLedger({ schema: 'seqmirror/v1', entries }));
  };

  it('squashes the head into archives that need nothing else', async () => {
    const outcome = await bundled(world, seq3);
    expect(await sha256sum(disk())).toEqual(
      expect.arrayContaining(['./archives/mirror_000001.tar', 'bundle.env'].map((name) => name.replace('./', ''))),
    );
    const { sequences, sound } = await validate({
      location: world.location,
      path: join(disk(), 'archives'),
      depth: 'deep',
      progress: silentProgress,
      signal: new AbortController().signal,
      now: () => new Date(),
    });
    expect(sound).toBe(true);
    expect(sequences.map(({ verdict }) => verdict)).toEqual(['PROVEN']);
    const index = await readArchiveIndex(join(disk(), 'archives/mirror_000001.tar'));
    expect(index.blobs.size).toBe(outcome.plan.closure.blobs);
    expect(index.links.some(({ repository }) => repository.includes('ubi9'))).toBe(false);
    expect(await readdir(disk())).toEqual(
      expect.arrayContaining(['README.txt', 'SHA256SUMS', 'archives', 'bundle.env', 'bundle.yaml', 'chain']),
    );
    expect(await readdir(join(disk(), 'chain'))).toEqual(['chain.lock', seq1, seq2, seq3]);
  });

  it('makes the same bytes of the same chain', async () => {
    await bundled(world, seq3);
    const first = await archiveText(disk());
    await bundled(world, seq3, { output: join(world.root, 'other') });
    expect(await archiveText(join(world.root, 'other'))).toBe(first);
  });

  it('makes of a baseline the archive that the embedded engine made', async () => {
    await bundled(world, seq1);
    expect(await archiveText(disk())).toBe(
      await readFile(join(world.root, `mirror/content/${seq1}/mirror_000001.tar`), 'latin1'),
    );
  });

  it('leaves out the layers that a site has, and nothing small', async () => {
    await site('bravo', [1]);
    const outcome = await bundled(world, seq3, { sites: ['bravo'] });
    expect(outcome.plan.content.leftOut.blobs).toBe(1);
    expect(outcome.plan.content.needs.map(({ folder }) => folder)).toEqual([seq1]);
    expect(await readFile(join(disk(), 'bundle.env'), 'utf8')).toMatch(/^needs=sha256:[0-9a-f]{64} 1 seq1-baseline$/m);
    expect(await world.read('mirror/sites/bravo/transfers/T0001.yaml')).toContain('state: sent');
    expect(renderBundle(outcome)).toContain('bravo has seq1-baseline');
  });

  it('carries to several sites what any of them lacks', async () => {
    await site('alpha', [1]);
    await site('bravo', [1, 2]);
    const union = await bundled(world, seq3, { sites: ['alpha', 'bravo'] });
    const alpha = await bundled(world, seq3, { sites: ['alpha'], output: join(world.root, 'a') });
    const bravo = await bundled(world, seq3, { sites: ['bravo'], output: join(world.root, 'b') });
    expect(union.plan.carried).toEqual(alpha.plan.carried);
    expect(bravo.plan.carried.bytes).toBeLessThan(alpha.plan.carried.bytes);
    expect(bravo.plan.content.needs.map(({ folder }) => folder)).toEqual([seq2]);
    const fresh = await bundled(world, seq3, { sites: ['bravo'], fresh: true, output: join(world.root, 'f') });
    expect(fresh.plan.carried).toEqual(fresh.plan.closure);
    expect([union, alpha, bravo, fresh].map(({ plan }) => plan.id)).toEqual(['T0001', 'T0002', 'T0003', 'T0004']);
  });

  it('shows every kind side by side and writes nothing', async () => {
    await site('bravo', [2]);
    const planned = await bundle(world, seq3, { plan: true, sites: ['bravo'], output: undefined });
    expect(renderBundle(planned)).toMatchInlineSnapshot(`
      "KIND         BYTES  FILES  VOLUMES  TIME   SAVED  NEEDS
      site        417.0K     24        1  0:01  380.9K  seq2
      baseline    799.0K     24        1  0:01       -  nothing
      cumulative    1.2M     26        1  0:01       -  nothing
      individual  414.5K     24        1  0:01       -  seq1, seq2
      Nothing was written. Next: nx run mirror-seq3:bundle --output=<folder> --site=bravo"
    `);
    await expect(stat(disk())).rejects.toThrow('ENOENT');
  });

  it('carries the archives of all sequences, numbered through', async () => {
    await bundled(world, seq3, { kind: 'cumulative' });
    for (const [index, folder] of [seq1, seq2, seq3].entries()) {
      expect(await archiveText(disk(), `mirror_00000${index + 1}.tar`)).toBe(
        await readFile(join(world.root, `mirror/content/${folder}/mirror_000001.tar`), 'latin1'),
      );
    }
    expect(await sha256sum(disk())).toContain('archives/mirror_000003.tar');
  });

  it('links archives that go along as they are', async () => {
    const outcome = await bundled(world, seq2, { kind: 'individual', link: true });
    expect(outcome.volumes[0]?.linked).toBe(1);
    const { ino } = await stat(join(world.root, `mirror/content/${seq2}/mirror_000001.tar`));
    expect((await stat(join(disk(), 'archives/mirror_000001.tar'))).ino).toBe(ino);
    await sha256sum(disk());
  });

  it('does not write again what is whole, and mends what is not', async () => {
    await bundled(world, seq3);
    const archive = join(disk(), 'archives/mirror_000001.tar');
    const { mtimeMs } = await stat(archive);
    const again = await bundled(world, seq3, { now: () => new Date('2026-11-25T07:00:00Z') });
    expect(again.volumes[0]?.kept).toBe(true);
    expect((await stat(archive)).mtimeMs).toBe(mtimeMs);
    await appendFile(archive, 'x');
    expect((await bundled(world, seq3)).volumes[0]?.kept).toBe(false);
    await sha256sum(disk());
  });

  it('reads a medium back', async () => {
    expect((await bundled(world, seq3, { verify: true })).verified).toBe(true);
  });

  it('names the archive of a damaged blob, and leaves no half file', async () => {
    const index = await readArchiveIndex(join(world.root, `mirror/content/${seq3}/mirror_000001.tar`));
    const [place] = [...index.blobs.values()].sort((a, b) => b.bytes - a.bytes);
    await flip(world, seq3, (place?.offset ?? 0) + 5);
    await expect(bundled(world, seq3)).rejects.toThrow(`SEQ0672 mirror_000001.tar of ${seq3} is damaged: the blob`);
    expect(await readdir(join(disk(), 'archives'))).toEqual([]);
    await expect(bundled(world, seq3, { kind: 'individual' })).rejects.toThrow('SEQ0672');
  });

  it('says which archives are missing before it writes', async () => {
    await lose(world, seq2);
    await expect(bundled(world, seq3)).rejects.toThrow(/SEQ0671 \d+ blobs/);
    await expect(bundled(world, seq3, { kind: 'cumulative' })).rejects.toThrow('SEQ0671 1 archive');
    await expect(stat(disk())).rejects.toThrow('ENOENT');
  });

  it('begins in no folder that holds something else', async () => {
    await mkdir(join(disk(), 'archives'), { recursive: true });
    await writeFile(join(disk(), 'archives/mirror_000009.tar'), '');
    await expect(bundled(world, seq3)).rejects.toThrow('SEQ0675');
    await rm(disk(), { recursive: true });
    await mkdir(disk());
    await writeFile(join(disk(), 'holiday.jpg'), '');
    await expect(bundled(world, seq3)).rejects.toThrow('SEQ0675');
  });

  it('carries exactly what a far side says that it lacks', async () => {
    const { closure } = (await bundled(world, seq3)).plan;
    const index = await readArchiveIndex(join(disk(), 'archives/mirror_000001.tar'));
    const [digest] = [...index.blobs].sort(([, a], [, b]) => b.bytes - a.bytes)[0] ?? [];
    await world.write('need.txt', `# lacking\n${digest}\n`);
    const outcome = await bundled(world, seq3, { need: 'need.txt', output: join(world.root, 'n') });
    expect(outcome.plan.carried.blobs).toBeLessThan(closure.blobs);
    expect(await archiveText(join(world.root, 'n'))).toContain(String(digest).slice(7));
    await world.write('need.txt', 'nonsense\n');
    await expect(bundled(world, seq3, { need: 'need.txt' })).rejects.toThrow('SEQ0679');
  });
});
