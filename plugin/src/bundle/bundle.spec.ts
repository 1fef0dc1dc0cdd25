import { execFile } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { archiveText, bundle, bundled, sha256sum } from '../../../testing/worlds/bundling';
import { flip, lose } from '../../../testing/worlds/reissuing';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import { digestOf } from '../archive/archive.fixture';
import type { HeldIn } from '../mirror/sites/sites';
import { renderLedger, renderSite } from '../mirror/sites/sites';
import { renderBundle } from '../report/text/bundle';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import { needsInWords } from './needs';

jest.setTimeout(120_000);

const [seq1, seq2, seq3] = ['seq1-baseline', 'seq2-add-app', 'seq3-swap'] as const;

describe('bundleSequence', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const disk = () => join(world.root, 'disk');

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app], [seq3]: [app, tools] });
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
  const site = async (name: string, numbers: readonly number[], heldIn: HeldIn = 'both'): Promise<void> => {
    const lock = await world.read('mirror/content/chain.lock');
    const seal = (number: number) => new RegExp(`^${number} \\S+ (\\S+)`, 'm').exec(lock)?.[1] as never;
    await world.write(`mirror/sites/${name}/site.yaml`, renderSite({ schema: 'seqmirror/v1', name }));
    const entries = numbers.map((sequence) => ({
      sequence,
      seal: seal(sequence),
      confidence: 'proven' as const,
      held_in: heldIn,
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

  it('writes the same bytes for the same chain', async () => {
    await bundled(world, seq3);
    const first = await archiveText(disk());
    await bundled(world, seq3, { output: join(world.root, 'other') });
    expect(await archiveText(join(world.root, 'other'))).toBe(first);
  });

  it('writes for a baseline the archive that the embedded engine made', async () => {
    await bundled(world, seq1);
    expect(await archiveText(disk())).toBe(
      await readFile(join(world.root, `mirror/content/${seq1}/mirror_000001.tar`), 'latin1'),
    );
  });

  it('leaves out the layers that a site has, and nothing small', async () => {
    await site('bravo', [1]);
    const outcome = await bundled(world, seq3, { sites: ['bravo'] });
    expect(outcome.plan.content.leftOut.blobs).toBe(1);
    expect(needsInWords(outcome.plan.content.needs)).toBe(seq1);
    expect(await readFile(join(disk(), 'bundle.env'), 'utf8')).toMatch(/^needs=sha256:[0-9a-f]{64} 1 seq1-baseline$/m);
    expect(await world.read('mirror/sites/bravo/transfers/T0001.yaml')).toContain('state: sent');
    expect(renderBundle(outcome)).toContain('bravo has seq1-baseline');
  });

  it('leaves out for a registry without a cache only what lies in the repositories that need it', async () => {
    await site('bravo', [2], 'registry');
    const outcome = await bundled(world, seq3, { sites: ['bravo'] });
    // The base of `tools` is there, but in another repository: that of `app`.
    expect(outcome.plan.content).toMatchObject({
      leftOut: { blobs: 1 },
      needs: [[{ entry: { folder: seq2 }, place: 'registry' }]],
    });
    expect(renderBundle(outcome)).not.toContain('cache');
    await site('bravo', [2]);
    const byCache = await bundled(world, seq3, { sites: ['bravo'], output: join(world.root, 'other') });
    expect(byCache.plan.content).toMatchObject({
      leftOut: { blobs: 2 },
      needs: [[{ entry: { folder: seq2 }, place: 'cache' }]],
    });
    expect(renderBundle(byCache)).toContain('seq2-add-app in the cache of its oc-mirror');
    const again = await bundled(world, seq3, { reissue: 'T0001', output: join(world.root, 'again') });
    expect(again.plan.sha256).toBe(outcome.plan.sha256);
  });

  it('says how deep the paths of a site may be, which its people have to pass to the script', async () => {
    await site('bravo', [1]);
    expect(renderBundle(await bundled(world, seq3, { sites: ['bravo'] }))).not.toContain('nested');
    await world.write(
      'mirror/sites/bravo/site.yaml',
      renderSite({ schema: 'seqmirror/v1', name: 'bravo', maxNestedPaths: 2 }),
    );
    const outcome = await bundled(world, seq3, { sites: ['bravo'], output: join(world.root, 'other') });
    expect(renderBundle(outcome)).toContain(
      'At bravo, add --max-nested-paths=2, or write max_nested_paths=2 into the settings of the site folder.',
    );
    const readme = await readFile(join(world.root, 'other', 'README.txt'), 'utf8');
    expect(readme).toContain('Paths:      The registry of bravo accepts repository paths of at most 2 parts.');
    expect(readme).toContain('max_nested_paths=2');
    // What was carried still says so, whatever site.yaml says when it is made again.
    await site('bravo', [1]);
    const reissued = await bundled(world, seq3, { reissue: outcome.plan.id, output: join(world.root, 'again') });
    expect(reissued.volumes.map(({ sha256 }) => sha256)).toEqual(outcome.volumes.map(({ sha256 }) => sha256));
  });

  it('says on a page to print what it is, for whom, and how long it takes', async () => {
    await site('bravo', [1]);
    const readme = async (options: Parameters<typeof bundled>[2]) => {
      const output = join(world.root, `page-${Math.random()}`);
      const { plan } = await bundled(world, seq3, { ...options, output });
      return { plan, text: await readFile(join(output, 'README.txt'), 'utf8') };
    };
    const { plan, text } = await readme({ sites: ['bravo'] });
    const words = text.replace(/\s+/g, ' ');
    expect(words).toContain(`Content: the blobs that bravo lacks, up to ${seq3}; without `);
    expect(words).toContain(`Mirror: ${plan.mirrorId}; the site folder is ~/.seqmirror/`);
    expect(words).toMatch(/ Time: about \d+:\d\d \(minutes:seconds\) to check and upload /);
    expect((await readme({ sites: ['bravo'], fresh: true })).text.replace(/\s+/g, ' ')).toContain(
      `Content: all blobs that bravo lacks, up to ${seq3} `,
    );
    expect((await readme({})).text.replace(/\s+/g, ' ')).toContain(
      `Content: all blobs of ${seq3}, for any registry, even an empty one `,
    );
    expect(text.split('\n').filter((line) => line.length > 79)).toEqual([]);
  });

  it('carries to several sites what any of them lacks', async () => {
    await site('alpha', [1]);
    await site('bravo', [1, 2]);
    const union = await bundled(world, seq3, { sites: ['alpha', 'bravo'] });
    const alpha = await bundled(world, seq3, { sites: ['alpha'], output: join(world.root, 'a') });
    const bravo = await bundled(world, seq3, { sites: ['bravo'], output: join(world.root, 'b') });
    expect(union.plan.carried).toEqual(alpha.plan.carried);
    expect(bravo.plan.carried.bytes).toBeLessThan(alpha.plan.carried.bytes);
    expect(needsInWords(bravo.plan.content.needs)).toBe(seq2);
    const fresh = await bundled(world, seq3, { sites: ['bravo'], fresh: true, output: join(world.root, 'f') });
    expect(fresh.plan.carried).toEqual(fresh.plan.closure);
    expect([union, alpha, bravo, fresh].map(({ plan }) => plan.id)).toEqual(['T0001', 'T0002', 'T0003', 'T0004']);
  });

  it('relies at each site on what that site has, if they have no sequence in common', async () => {
    await site('alpha', [1]);
    await site('bravo', [2]);
    const union = await bundled(world, seq3, { sites: ['alpha', 'bravo'] });
    const alpha = await bundled(world, seq3, { sites: ['alpha'], output: join(world.root, 'a') });
    expect(union.plan.carried).toEqual(alpha.plan.carried);
    expect(needsInWords(union.plan.content.needs)).toBe(`${seq1} or ${seq2}`);
    expect(await readFile(join(disk(), 'bundle.env'), 'utf8')).toMatch(
      /^needs=sha256:[0-9a-f]{64} 1 seq1-baseline or sha256:[0-9a-f]{64} 2 seq2-add-app$/m,
    );
    const again = await bundled(world, seq3, { reissue: 'T0001', output: join(world.root, 'again') });
    expect(again.plan.sha256).toBe(union.plan.sha256);
    expect(await sha256sum(join(world.root, 'again'))).toEqual(await sha256sum(disk()));
  });

  it('shows every kind side by side and writes nothing', async () => {
    await site('bravo', [2]);
    const planned = await bundle(world, seq3, { plan: true, sites: ['bravo'], output: undefined });
    // The script is most of such a small bundle, and it grows.
    const text = renderBundle(planned).replaceAll(/^(\w+ +)[\d.]+ [KM]iB/gm, (found) => found.replaceAll(/\d/g, 'n'));
    expect(text).toMatchInlineSnapshot(`
      "KIND            BYTES  FILES  VOLUMES  TIME      SAVED  NEEDS
      site        nnn.n KiB     26        1  0:01  380.9 KiB  seq2
      baseline    nnn.n KiB     26        1  0:01          -  nothing
      cumulative    n.n MiB     28        1  0:01          -  nothing
      individual  nnn.n KiB     26        1  0:01          -  seq1, seq2
      Nothing was written. Next: nx run mirror:bundle --sequence=seq3 --output=<folder> --site=bravo"
    `);
    await expect(stat(disk())).rejects.toThrow('ENOENT');
  });

  describe('with --plan', () => {
    const kinds = ['site', 'baseline', 'cumulative', 'individual'] as const;
    const planned = async (options: Parameters<typeof bundle>[2]) => {
      const outcome = await bundle(world, seq3, { plan: true, output: undefined, ...options });
      if (outcome.kind !== 'planned') throw new Error(outcome.kind);
      return outcome;
    };

    it.each([undefined, '420000', 'usb:64M'])(
      'plans for each kind the files, bytes and volumes that are then written, on %s',
      async (media) => {
        await site('bravo', [2]);
        const { rows } = await planned({ media, sites: ['bravo'] });
        expect(rows.map(({ kind }) => kind)).toEqual(kinds);
        for (const { kind, not, bytes, files, volumes } of rows) {
          expect(not).toBeUndefined();
          const output = join(world.root, `disk-${kind}`);
          const written = await bundled(world, seq3, { media, kind, sites: ['bravo'], output });
          const found = await Promise.all(
            written.volumes.map(async ({ path }) =>
              (await readdir(path, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()),
            ),
          );
          expect({ kind, volumes, files, bytes }).toEqual({
            kind,
            volumes: written.volumes.length,
            files: found.flat().length,
            bytes: written.volumes.reduce((sum, volume) => sum + volume.bytes, 0),
          });
        }
      },
    );

    it('offers no kind that would be refused because archives are missing', async () => {
      await site('bravo', [2]);
      await lose(world, seq1);
      const { rows, plan } = await planned({ sites: ['bravo'] });
      for (const { kind, not } of rows) {
        const output = join(world.root, `disk-${kind}`);
        const made = bundle(world, seq3, { kind, sites: ['bravo'], output });
        if (not === undefined) expect((await made).kind).toBe('written');
        else await expect(made).rejects.toMatchObject({ what: not });
      }
      expect(rows.flatMap(({ kind, not }) => (not === undefined ? [] : [kind]))).toEqual(['baseline', 'cumulative']);
      expect(plan?.content.kind).toBe('site');
    });

    it('says that a site lacks nothing, and writes a bundle for it all the same', async () => {
      await site('bravo', [3]);
      await site('alpha', [2]);
      const last = async (options: Parameters<typeof bundle>[2]) =>
        renderBundle(await planned(options))
          .split('\n')
          .slice(-2);
      expect(await last({ sites: ['bravo'] })).toEqual([
        'bravo already has everything of seq3; no bundle is needed. Nothing was written',
        'Next: nothing. To write a bundle anyway: nx run mirror:bundle --sequence=seq3 --output=<folder> --site=bravo',
      ]);
      const needed = [{ sites: ['alpha', 'bravo'] }, { sites: ['bravo'], fresh: true }, { kind: 'site' as const }];
      for (const options of needed) expect((await last(options))[1]).toMatch(/^Nothing was written. Next: nx run /);
      const written = await bundled(world, seq3, { sites: ['bravo'] });
      expect(renderBundle(written).split('\n')[0]).toBe(
        'bravo already has everything of seq3; the bundle was written, although it is not needed',
      );
      await sha256sum(disk());
    });

    it('ends with the one reason when no kind can be made, and shows a reason of several kinds once', async () => {
      await site('bravo', [2]);
      await expect(planned({ sites: ['bravo'], media: 'usb:2M' })).rejects.toMatchObject({
        code: 'SEQ0673',
        next: 'Choose a larger medium, for example --media=bd50',
        others: undefined,
      });
      const outcome = await planned({ sites: ['bravo'] });
      const rows = outcome.rows.map((row) => (row.kind === 'site' ? row : { ...row, not: 'it is not here' }));
      expect(
        renderBundle({ ...outcome, rows })
          .split('\n')
          .at(-2),
      ).toBe('baseline, cumulative, individual: it is not here');
    });

    it('plans a `--need` list, and a transfer that is made again, as they are then written', async () => {
      await site('bravo', [1]);
      const sent = await bundled(world, seq3, { sites: ['bravo'], media: '420000' });
      await site('bravo', [1, 2]);
      const again = await planned({ reissue: 'T0001', media: '420000' });
      expect([again.rows.map(({ kind }) => kind), again.plan?.sha256]).toEqual([['site'], sent.plan.sha256]);
      await expect(planned({ reissue: 'T0001', media: '900000' })).rejects.toThrow('SEQ0678');
      await expect(planned({ media: '420000', volume: 99 })).rejects.toThrow('SEQ0674');
      await world.write('need.txt', `${[...sent.plan.content.blobs].sort((a, b) => b.bytes - a.bytes)[0]?.digest}\n`);
      const lacking = await planned({ need: 'need.txt' });
      const carried = await bundled(world, seq3, { need: 'need.txt', output: join(world.root, 'n') });
      expect([lacking.rows.length, lacking.plan?.sha256]).toEqual([1, carried.plan.sha256]);
    });

    it('prints a command that makes the planned bundle', async () => {
      await site('bravo', [2]);
      const next = async (options: Parameters<typeof bundle>[2]) =>
        /bundle --sequence=seq\d --output=<folder>(.*)$/m.exec(renderBundle(await planned(options)))?.[1];
      expect(await next({ sites: ['bravo'], fresh: true })).toBe(' --site=bravo --fresh');
      expect(await next({ kind: 'site' })).toBe(' --kind=site');
      expect(await next({ kind: 'cumulative', media: 'bd25', link: true })).toBe(
        ' --kind=cumulative --media=bd25 --link',
      );
    });

    it('writes bytes in MiB and GiB, and the size of a medium in MB and GB, as it is sold', async () => {
      const { volumes, plan, ...rest } = await bundled(world, seq3, { media: 'usb:200M' });
      const text = renderBundle({ volumes, plan, ...rest });
      expect(text).toContain('200 MB (usb:200M)');
      expect(text).not.toMatch(/\d[KMG]\b(?!\))/);
      await expect(bundled(world, seq3, { media: 'usb:1M', output: join(world.root, 'small') })).rejects.toThrow(
        /A volume of 1 MB \(usb:1M\) is too small: seqmirror needs [\d.]+ MiB/,
      );
    });
  });

  it('carries the archives of all sequences, numbered consecutively', async () => {
    await bundled(world, seq3, { kind: 'cumulative' });
    for (const [index, folder] of [seq1, seq2, seq3].entries()) {
      expect(await archiveText(disk(), `mirror_00000${index + 1}.tar`)).toBe(
        await readFile(join(world.root, `mirror/content/${folder}/mirror_000001.tar`), 'latin1'),
      );
    }
    expect(await sha256sum(disk())).toContain('archives/mirror_000003.tar');
  });

  it('hard-links archives that are carried as they are', async () => {
    const outcome = await bundled(world, seq2, { kind: 'individual', link: true });
    expect(outcome.volumes[0]?.linked).toBe(1);
    const { ino } = await stat(join(world.root, `mirror/content/${seq2}/mirror_000001.tar`));
    expect((await stat(join(disk(), 'archives/mirror_000001.tar'))).ino).toBe(ino);
    await sha256sum(disk());
  });

  describe('with the uploader', () => {
    const uploader = () => join(world.root, 'seqmirror-upload.js');
    beforeEach(() => world.write('seqmirror-upload.js', `// ${'x'.repeat(100_000)}\n`));

    it('carries it unchanged, covered by SHA256SUMS, and says so', async () => {
      await bundled(world, seq3, { uploader: uploader() });
      expect(await readFile(join(disk(), 'seqmirror-upload.js'), 'utf8')).toBe(await readFile(uploader(), 'utf8'));
      expect(await sha256sum(disk())).toContain('seqmirror-upload.js');
      expect(await readFile(join(disk(), 'README.txt'), 'utf8')).toContain('the script runs seqmirror-upload.js');
    });

    it('does not claim to carry it if it does not', async () => {
      await bundled(world, seq3);
      const texts = await Promise.all(
        ['README.txt', 'SHA256SUMS', 'bundle.env', 'bundle.yaml'].map((name) => readFile(join(disk(), name), 'utf8')),
      );
      expect(texts.filter((text) => /seqmirror-upload|enclosed/.test(text))).toEqual([]);
    });

    it('counts it on every volume', async () => {
      await world.write('seqmirror-upload.js', 'x'.repeat(3_000_000));
      const media = { media: 'iso:3000000', uploader: uploader() };
      await expect(bundled(world, seq3, media)).rejects.toMatchObject({ code: 'SEQ0673' });
      await bundled(world, seq3, { ...media, uploader: undefined, output: join(world.root, 'without') });
      const { volumes } = await bundled(world, seq3, { ...media, media: 'iso:5800000' });
      expect(volumes.length).toBeGreaterThan(1);
      for (const { path, bytes } of volumes) {
        expect(bytes).toBeLessThan(5_800_000);
        expect(await readdir(path)).toContain('seqmirror-upload.js');
      }
    });

    it('links it if archives are linked', async () => {
      await bundled(world, seq2, { kind: 'individual', link: true, uploader: uploader() });
      expect((await stat(join(disk(), 'seqmirror-upload.js'))).ino).toBe((await stat(uploader())).ino);
      await sha256sum(disk());
    });
  });

  it('does not write again what is whole, and repairs what is not', async () => {
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

  it('names the archive of a damaged blob, and leaves no half file behind', async () => {
    const index = await readArchiveIndex(join(world.root, `mirror/content/${seq3}/mirror_000001.tar`));
    const [place] = [...index.blobs.values()].sort((a, b) => b.bytes - a.bytes);
    await flip(world, seq3, (place?.offset ?? 0) + 5);
    await expect(bundled(world, seq3)).rejects.toThrow(
      `SEQ0672 mirror_000001.tar of ${seq3} is damaged: the content of the blob`,
    );
    expect(await readdir(join(disk(), 'archives'))).toEqual([]);
    await expect(bundled(world, seq3, { kind: 'individual' })).rejects.toThrow('SEQ0672');
  });

  it('says which archives are missing before it writes', async () => {
    await lose(world, seq2);
    await expect(bundled(world, seq3)).rejects.toThrow(/SEQ0671 \d+ blobs/);
    await expect(bundled(world, seq3, { kind: 'cumulative' })).rejects.toThrow('SEQ0671 1 archive');
    await expect(stat(disk())).rejects.toThrow('ENOENT');
  });

  it('refuses a folder that holds something else', async () => {
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

  it('is spread over volumes that stand alone, and cuts what is larger than one', async () => {
    const volume = 420_000;
    const outcome = await bundled(world, seq3, { media: String(volume), verify: true });
    expect(outcome.volumes.length).toBeGreaterThan(1);
    expect(outcome.plan.layout.splits.length).toBeGreaterThan(0);
    for (const { path } of outcome.volumes) {
      await sha256sum(path);
      expect(await bytesBelow(path)).toBeLessThanOrEqual(volume);
    }
    const [split] = outcome.plan.layout.splits;
    const parts = await Promise.all(
      outcome.volumes.map(async ({ path }) => {
        const names = await readdir(join(path, 'parts')).catch(() => []);
        return names
          .filter((name) => name.startsWith(outcome.plan.layout.splits[0]?.name ?? ''))
          .map((name) => join(path, 'parts', name));
      }),
    );
    const joined = Buffer.concat(
      await Promise.all(
        parts
          .flat()
          .sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
          .map((path) => readFile(path)),
      ),
    );
    const env = await readFile(join(outcome.volumes[0]?.path ?? '', 'bundle.env'), 'utf8');
    expect(env).toContain(`split=${split?.name} ${digestOf(joined).slice(7)} ${split?.parts}`);
  });

  it('is joined by seq-upload.sh, which takes in one volume after the other', async () => {
    const outcome = await bundled(world, seq3, { media: '420000' });
    const siteDir = join(world.root, 'far');
    let said = '';
    for (const { path } of [...outcome.volumes].reverse()) {
      const { stdout } = await promisify(execFile)('sh', [
        join(path, 'seq-upload.sh'),
        'ingest',
        `--site-dir=${siteDir}`,
      ]);
      said = stdout;
    }
    expect(said).toContain('are ingested. Next, on any volume');
    const spools = await readdir(siteDir, { recursive: true });
    const spool = join(siteDir, dirname(spools.find((name) => name.endsWith('archives')) ?? ''));
    await sha256sum(spool);
    const { sound } = await validate({
      location: world.location,
      path: join(spool, 'archives'),
      depth: 'deep',
      progress: silentProgress,
      signal: new AbortController().signal,
      now: () => new Date(),
    });
    expect(sound).toBe(true);
  });

  it('is joined by seq-upload.sh even if all pieces are on one volume', async () => {
    await bundled(world, seq3);
    const sh = (line: string) => promisify(execFile)('sh', ['-c', line], { cwd: disk() });
    await sh(`mkdir parts && split -a 3 --numeric-suffixes=1 -n 3 archives/mirror_000001.tar parts/mirror_000001.tar. &&
      echo "split=mirror_000001.tar $(sha256sum <archives/mirror_000001.tar | cut -c 1-64) 3" >>bundle.env &&
      rm archives/mirror_000001.tar SHA256SUMS bundle-statement.env && sed -i /^statement=/d bundle.env && find . -type f -printf '%P\\n' | xargs sha256sum >../sums && mv ../sums SHA256SUMS`);
    const siteDir = `--site-dir=${join(world.root, 'far')}`;
    const { stdout } = await promisify(execFile)('sh', ['seq-upload.sh', 'ingest', siteDir], { cwd: disk() });
    expect(stdout).toContain('are ingested. Next, on any volume');
  });

  it('makes a lost volume again, byte for byte', async () => {
    await site('bravo', [1]);
    const before = await bundled(world, seq3, { sites: ['bravo'], media: '300000' });
    const [, second] = before.volumes;
    await site('bravo', [1, 2]);
    const again = await bundled(world, seq3, {
      reissue: 'T0001',
      volume: 2,
      media: '300000',
      output: join(world.root, 'again'),
      now: () => new Date('2027-01-01T00:00:00Z'),
    });
    expect(again.volumes.map(({ sha256 }) => sha256)).toEqual([second?.sha256]);
    await sha256sum(join(world.root, 'again'));
    await expect(bundled(world, seq3, { reissue: 'T0001', media: '900000' })).rejects.toThrow('SEQ0678');
    await expect(bundled(world, seq3, { reissue: 'T0009' })).rejects.toThrow('SEQ0624');
    const tampered = (await world.read('mirror/sites/bravo/transfers/T0001.yaml')).replaceAll(
      /sha256: (.)/g,
      (_, digit: string) => `sha256: ${digit === '0' ? '1' : '0'}`,
    );
    await world.write('mirror/sites/bravo/transfers/T0001.yaml', tampered);
    const other = { reissue: 'T0001', volume: 1, media: '300000', output: join(world.root, 'other') };
    await expect(bundled(world, seq3, other)).rejects.toThrow('SEQ0678');
  });

  it('goes into one tar that unpacks to the same files', async () => {
    await bundled(world, seq3);
    const tar = join(world.root, 'bundle.tar');
    await bundled(world, seq3, { format: 'tar', output: tar });
    await mkdir(join(world.root, 'unpacked'));
    await promisify(execFile)('tar', ['-xf', tar, '-C', join(world.root, 'unpacked')]);
    const unpacked = join(world.root, 'unpacked', `MIRROR-${seq3}-1of1`);
    expect(await readFile(join(unpacked, 'SHA256SUMS'), 'utf8')).toBe(
      await readFile(join(disk(), 'SHA256SUMS'), 'utf8'),
    );
    await sha256sum(unpacked);
    expect((await stat(join(unpacked, 'seq-upload.sh'))).mode & 0o777).toBe(0o755);
    const pieces: Buffer[] = [];
    const stream = new Writable({
      write: (piece: Buffer, _, done) => {
        pieces.push(Buffer.from(piece));
        setImmediate(done);
      },
    });
    await bundled(world, seq3, { format: 'tar', output: '-', stream });
    expect(Buffer.concat(pieces).equals(await readFile(tar))).toBe(true);
    const nowhere = bundled(world, seq3, { format: 'tar', output: '-' });
    await expect(nowhere).rejects.toThrow('standard output is asked for without a stream to write to');
  });

  it('continues after a stop, without writing again what is whole', async () => {
    const stopped = new AbortController();
    const options = { kind: 'cumulative' as const };
    const progress = {
      ...silentProgress,
      detail: (text: string) => (text.includes('000002') ? stopped.abort(new Error('stopped')) : undefined),
    };
    await expect(bundled(world, seq3, { ...options, progress, signal: stopped.signal })).rejects.toThrow('stopped');
    const first = await stat(join(disk(), 'archives/mirror_000001.tar'));
    await expect(stat(join(disk(), 'SHA256SUMS'))).rejects.toThrow('ENOENT');
    await bundled(world, seq3, { ...options, now: () => new Date('2026-12-24T07:00:00Z') });
    expect((await stat(join(disk(), 'archives/mirror_000001.tar'))).ino).toBe(first.ino);
    expect(await readFile(join(disk(), 'bundle.env'), 'utf8')).toContain('made=2026-11-24T07:00:00Z');
    expect(await readdir(disk())).not.toContain('.seqmirror-bundle.json');
    await sha256sum(disk());
  });
});

/** As `du` counts below a folder, in blocks of 4096. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 4096;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const { size } = await stat(join(entry.parentPath, entry.name));
    bytes += entry.isDirectory() ? 4096 : Math.ceil(size / 4096) * 4096;
  }
  return bytes;
}
