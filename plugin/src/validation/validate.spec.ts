import { execFileSync } from 'node:child_process';
import { cp, link, mkdir, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { aWorld, app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import { renderValidation } from '../report/text/validation';
import { silentProgress } from '../system/progress';
import { validate } from './validate';
import type { ValidateOptions } from './validation';
import type { Validation } from './validation';

let upstream: Lab;
let pristine: World;
let world: World;

const baseline = 'seq1-baseline';
const second = 'seq2-add-app';
const third = 'seq3-add-tools';

beforeAll(async () => {
  upstream = await startUpstream();
  const sequences = { [baseline]: [ubi], [second]: [ubi, app], [third]: [ubi, app, tools] };
  pristine = await aSealedMirror(upstream, sequences);
});
afterAll(async () => {
  await pristine.remove();
  await upstream.stop();
});
beforeEach(async () => (world = await pristine.copy()));
afterEach(() => world.remove());

const validated = (options: Partial<ValidateOptions> = {}): Promise<Validation> =>
  validate({
    location: world.location,
    depth: 'deep',
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date('2026-11-24T12:00:00Z'),
    ...options,
  });
const content = (...names: string[]) => join(world.root, 'mirror', 'content', ...names);
const archive = (folder: string) => content(folder, 'mirror_000001.tar');
const verdicts = ({ sequences }: Validation) => sequences.map(({ verdict }) => verdict);
const codes = ({ sequences, findings }: Validation) => [
  ...new Set([...findings, ...sequences.flatMap((sequence) => sequence.findings)].map(({ code }) => code)),
];

/** Changes the byte at an offset; archives are read-only links, but root may write anyway. */
async function flip(path: string, offset: number): Promise<void> {
  execFileSync('chmod', ['u+w', path]);
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset);
  await file.write(Buffer.from([(byte[0] as number) ^ 1]), 0, 1, offset);
  await file.close();
}

async function removeArchives(folder: string): Promise<void> {
  await rm(archive(folder));
  for (const name of await readdir(join(world.data, 'store')))
    if (name.startsWith(folder)) await rm(join(world.data, 'store', name, 'mirror_000001.tar'));
}

describe('validate', () => {
  it.each([
    ['quick', 'CONSISTENT'],
    ['full', 'PROVEN'],
    ['deep', 'PROVEN'],
  ] as const)('finds a chain sound at depth %s, and says %s', async (depth, verdict) => {
    const validation = await validated({ depth });
    expect(verdicts(validation)).toEqual([verdict, verdict, verdict]);
    expect(validation).toMatchObject({ sound: true, findings: [] });
    expect(validation.sequences.flatMap(({ findings }) => findings)).toEqual([]);
  });

  it('reports this in one line each', async () => {
    const text = renderValidation(await validated()).replace(/\d+\.\d KiB/g, '… KiB');
    expect(text).toMatchInlineSnapshot(`
      "seq1-baseline: PROVEN; 10 blobs in 1 archive (… KiB), 1 image
      seq2-add-app: PROVEN; 3 blobs in 1 archive (… KiB), 2 images
      seq3-add-tools: PROVEN; 8 blobs in 1 archive (… KiB), 3 images

      mirror: 3 PROVEN (deep: every byte of 1.1 MiB in 3 archives)"
    `);
  });

  it.each(['quick', 'full', 'deep'] as const)(
    'checks one sequence, given those that it needs, at depth %s',
    async (depth) => {
      const validation = await validated({ folder: third, depth });
      const verdict = depth === 'quick' ? 'CONSISTENT' : 'PROVEN GIVEN';
      expect(validation.sequences).toMatchObject([{ name: third, verdict, given: ['seq1', 'seq2'] }]);
      expect(validation.sound).toBe(true);
    },
  );

  it('refuses a sequence that is not sealed, or does not exist', async () => {
    await world.sequence('seq4-next', [ubi]);
    await expect(validated({ folder: 'seq4-next' })).rejects.toMatchObject({ code: 'SEQ0239' });
    await expect(validated({ folder: 'seq9-none' })).rejects.toMatchObject({ code: 'SEQ0232' });
    expect(verdicts(await validated())).toEqual(['PROVEN', 'PROVEN', 'PROVEN']);
  });

  it('does not call a chain proven if some of its archives are not on this machine', async () => {
    await rm(archive(baseline));
    await rm(join(world.data, 'store'), { recursive: true });
    const validation = await validated();
    expect(validation.sequences.map(({ verdict, given }) => [verdict, given])).toEqual([
      ['RECORDS OK', ['seq1']],
      ['PROVEN GIVEN', ['seq1']],
      ['PROVEN GIVEN', ['seq1']],
    ]);
    expect(codes(validation)).toEqual(['SEQ0302']);
    expect(validation.sound).toBe(false);
    expect(renderValidation(validation)).toContain('seq1-baseline: RECORDS OK, archives not here');
    // One sequence is proven, given those that it needs.
    expect(await validated({ folder: second })).toMatchObject({
      sound: true,
      sequences: [{ verdict: 'PROVEN GIVEN' }],
    });
  });

  it.each(['full', 'deep'] as const)('proves nothing in a fresh clone, which has only records: %s', async (depth) => {
    for (const folder of [baseline, second, third]) await rm(archive(folder));
    await rm(world.data, { recursive: true });
    const validation = await validated({ depth });
    expect(verdicts(validation)).toEqual(['RECORDS OK', 'RECORDS OK', 'RECORDS OK']);
    expect(validation.sound).toBe(false);
    const quick = await validated({ depth: 'quick' });
    expect(verdicts(quick)).toEqual(['CONSISTENT', 'CONSISTENT', 'CONSISTENT']);
    expect(quick.sound).toBe(true);
    expect(renderValidation(quick)).not.toContain('PROVEN');
  });

  it('refuses to call a chain sound if nothing in it is sealed', async () => {
    const empty = await aWorld(upstream);
    try {
      await empty.sequence('seq1-baseline', [ubi]);
      await expect(validated({ location: empty.location })).rejects.toMatchObject({ code: 'SEQ0237' });
    } finally {
      await empty.remove();
    }
  });
});

describe('a damaged blob', () => {
  it('is named with its archive and the images that need it, in every sequence', async () => {
    const index = await readArchiveIndex(archive(baseline));
    const { blobs } = index;
    const [digest, place] = [...blobs].sort(([, a], [, b]) => b.bytes - a.bytes)[0]!;
    await flip(archive(baseline), place.offset + 1000);
    const validation = await validated();
    expect(validation.sound).toBe(false);
    expect(validation.sequences[0]).toMatchObject({ verdict: 'BROKEN' });
    const [first] = validation.sequences;
    expect(first!.brokenImages).toEqual([expect.objectContaining({ source: ubi, lacking: [digest] })]);
    const text = renderValidation(validation);
    expect(text).toContain(`mirror_000001.tar of ${baseline} is damaged: the content of the blob ${digest}`);
    expect(text).toContain(`${baseline}: ${ubi} is not complete`);
    expect(text).toContain(`${digest} is damaged in mirror_000001.tar of ${baseline}`);
    expect(text).toContain('nx run mirror:reissue --sequence=seq1');
    // Only ubi of these two has the base layer, so the others are unaffected.
    const shared = validation.sequences.filter(({ brokenImages }) => brokenImages.length > 0);
    expect(shared.map(({ name }) => name)).toEqual([baseline, second, third]);
  });

  it('is found by its file at depth full, which says how to learn more', async () => {
    const { blobs } = await readArchiveIndex(archive(second));
    await flip(archive(second), [...blobs.values()][0]!.offset);
    const validation = await validated({ depth: 'full' });
    expect(verdicts(validation)).toEqual(['PROVEN', 'BROKEN', 'BROKEN']);
    expect(codes(validation)).toEqual(['SEQ0311', 'SEQ0321']);
  });
});

describe('bytes outside blobs', () => {
  const cases = {
    'a header': (bytes: Buffer) => bytes.indexOf('docker/registry'),
    'the time in a header': () => 140,
    'a link that leads elsewhere': (bytes: Buffer) => bytes.indexOf('sha256:', 512) + 20,
    'padding behind a link': (bytes: Buffer) => bytes.indexOf('sha256:', 512) + 100,
    'the end mark': (bytes: Buffer) => bytes.length - 700,
  };

  it.each(Object.entries(cases))('are found if they are damaged: %s', async (_name, offsetIn) => {
    await flip(archive(second), offsetIn(await readFile(archive(second))));
    const validation = await validated();
    expect(verdicts(validation)[1]).toBe('BROKEN');
    expect(renderValidation(validation)).toContain('mirror_000001.tar');
  });

  it('are called harmless if nobody reads them', async () => {
    const bytes = await readFile(archive(second));
    await flip(archive(second), cases['padding behind a link'](bytes));
    const { sequences } = await validated();
    expect(sequences[1]!.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['SEQ0316', 'warning'],
      ['SEQ0312', 'error'],
    ]);
    expect(sequences[1]!.brokenImages).toEqual([]);
  });
});

describe('archives', () => {
  it('are reported missing, with every image that needs them', async () => {
    await removeArchives(second);
    const validation = await validated();
    expect(verdicts(validation)).toEqual(['PROVEN', 'BROKEN', 'BROKEN']);
    expect(codes(validation)).toEqual(['SEQ0302', 'SEQ0303']);
    expect(validation.sequences[2]!.brokenImages.map(({ source }) => source)).toEqual([app]);
  });

  it('are reported missing at every depth', async () => {
    await removeArchives(second);
    expect(verdicts(await validated({ depth: 'quick' }))).toEqual(['CONSISTENT', 'BROKEN', 'BROKEN']);
    expect(verdicts(await validated({ depth: 'full' }))).toEqual(['PROVEN', 'BROKEN', 'BROKEN']);
  });

  it('are reported if they were cut', async () => {
    execFileSync('chmod', ['u+w', archive(second)]);
    await truncate(archive(second), 2048);
    for (const depth of ['quick', 'full', 'deep'] as const) {
      const validation = await validated({ depth });
      expect(verdicts(validation)[1]).toBe('BROKEN');
      expect(codes(validation)).toEqual(expect.arrayContaining(['SEQ0304', 'SEQ0319']));
    }
  });

  it('are reported if they were exchanged, with which is which', async () => {
    await rename(archive(second), content('other'));
    await rename(archive(third), archive(second));
    await rename(content('other'), archive(third));
    for (const depth of ['full', 'deep'] as const) {
      const validation = await validated({ depth });
      expect(verdicts(validation)).toEqual(['PROVEN', 'BROKEN', 'BROKEN']);
      expect(renderValidation(validation)).toContain(`It has the content of mirror_000001.tar of ${third}`);
    }
    expect(verdicts(await validated({ depth: 'quick' }))).toEqual(['CONSISTENT', 'BROKEN', 'BROKEN']);
  });

  it.each(['mirror_000002.tar', 'mirror_000001.tar.sha256', 'old-mirror_000001.tar.part'])(
    'must not have a %s beside them that oc-mirror would read',
    async (name) => {
      await writeFile(content(second, name), 'x');
      const validation = await validated({ depth: 'quick' });
      expect(codes(validation)).toContain('SEQ0318');
      expect(verdicts(validation)[1]).toBe('BROKEN');
    },
  );
});

/** Another hexadecimal digit: hashes differ from run to run, and may begin with any digit. */
const otherDigit = (digit: string): string => (digit === '0' ? '1' : '0');
const afterOther = (_: string, before: string, digit: string): string => `${before}${otherDigit(digit)}`;

describe('records', () => {
  const edits: readonly (readonly [string, string, (text: string) => string])[] = [
    ['an image less', 'seq-inventory.jsonl', (text) => text.replace(/^\{"record":"image".*\n/m, '')],
    ['a blob of another size', 'seq-inventory.jsonl', (text) => text.replace(/"bytes":(\d)/, '"bytes":9$1')],
    ['a ref less', 'seq-inventory.jsonl', (text) => text.replace(/,"sha256:[0-9a-f]{64}"\]/, ']')],
    ['another seal', 'seq-metadata.yaml', (text) => text.replace(/^(seal: sha256:)(.)/m, afterOther)],
    ['another predecessor', 'seq-metadata.yaml', (text) => text.replace(/^(previous: sha256:)(.)/m, afterOther)],
    ['another checksum', 'SHA256SUMS', (text) => `${otherDigit(text.charAt(0))}${text.slice(1)}`],
    ['another archive', 'SHA256SUMS', (text) => text.replace('mirror_000001', 'mirror_000009')],
    ['nothing in it', 'SHA256SUMS', () => ''],
    ['another size', 'seq-metadata.yaml', (text) => text.replace(/^( {4}bytes: )\d+/m, '$1512')],
    ['another frame', 'seq-metadata.yaml', (text) => text.replace(/(frame_sha256: )(.)/, afterOther)],
    ['another image', 'imageset-config.yaml', (text) => text.replace('app:1.0', 'app:1.1')],
    ['another digest', 'imageset-config.pinned.yaml', (text) => text.replace(/(@sha256:)(.)/, afterOther)],
    ['half of a merge', 'seq-metadata.yaml', (text) => `<<<<<<< ours\n${text}`],
    ['another number', 'seq-metadata.yaml', (text) => text.replace('sequence_number: 2', 'sequence_number: 3')],
  ];

  it.each(edits)('are reported if they were edited: %s in %s', async (_name, file, edit) => {
    const path = `mirror/content/${second}/${file}`;
    const text = await world.read(path);
    expect(edit(text)).not.toBe(text);
    await world.write(path, edit(text));
    const validation = await validated();
    expect(verdicts(validation)[1]).toBe('BROKEN');
    expect(renderValidation(validation)).toContain(second);
  });

  it('are read with whatever line ends Git gave them', async () => {
    for (const file of ['seq-inventory.jsonl', 'SHA256SUMS', 'seq-metadata.yaml', 'imageset-config.yaml']) {
      const path = `mirror/content/${second}/${file}`;
      await world.write(path, (await world.read(path)).replaceAll('\n', '\r\n'));
    }
    expect(verdicts(await validated())).toEqual(['PROVEN', 'PROVEN', 'PROVEN']);
  });

  it.each([
    ['reordered', (lines: string[]) => [...lines.slice(0, 2), lines[3]!, lines[2]!, lines[4]!]],
    ['without its middle', (lines: string[]) => lines.filter((line) => !line.startsWith('2 '))],
    [
      'with a seal of another line',
      (lines: string[]) =>
        lines.map((line) => (line.startsWith('2 ') ? `2 ${second} ${lines[2]!.split(' ')[2]}` : line)),
    ],
  ])('of a chain %s are not trusted', async (_name, edit) => {
    const lines = (await world.read('mirror/content/chain.lock')).trimEnd().split('\n');
    await world.write('mirror/content/chain.lock', `${edit(lines).join('\n')}\n`);
    expect((await validated()).sound).toBe(false);
    expect((await validated({ depth: 'quick' })).sound).toBe(false);
  });

  it('of two folders with one number are not both trusted', async () => {
    await cp(content(second), content('seq2-twin'), { recursive: true });
    const validation = await validated({ depth: 'quick' });
    expect(validation.sound).toBe(false);
    expect(codes(validation)).toContain('SEQ0202');
  });
});

describe('a folder elsewhere', () => {
  const disk = () => join(world.root, 'disk');
  const carry = async (...folders: string[]) => {
    await mkdir(disk());
    for (const folder of folders) execFileSync('cp', ['-rL', content(folder), disk()]);
  };
  const other = { workspaceRoot: '/', mirrorRoot: 'nowhere', env: {} };

  it('is proven by its content, without a workspace around it', async () => {
    await carry(baseline, second, third);
    for (const depth of ['quick', 'full', 'deep'] as const) {
      const validation = await validated({ path: disk(), depth, location: other });
      const verdict = depth === 'quick' ? 'CONSISTENT' : 'PROVEN';
      expect(verdicts(validation)).toEqual([verdict, verdict, verdict]);
    }
  });

  it('is proven given what it does not hold', async () => {
    await carry(third);
    const alone = await validated({ path: disk(), location: other });
    expect(alone).toMatchObject({ sound: true, sequences: [{ verdict: 'PROVEN GIVEN', given: ['seq1', 'seq2'] }] });
    const known = await validated({ path: disk() });
    expect(known.sequences).toMatchObject([
      { name: third, verdict: 'PROVEN GIVEN', given: ['seq1', 'seq2'], images: 3 },
    ]);
  });

  it('may be one sequence', async () => {
    await carry(second);
    expect((await validated({ path: join(disk(), second) })).sequences).toMatchObject([
      { name: second, verdict: 'PROVEN GIVEN', given: ['seq1'] },
    ]);
  });

  it('has no sequence skipped because its records cannot be read', async () => {
    await carry(baseline, second);
    await writeFile(join(disk(), second, 'seq-metadata.yaml'), 'schema: seqmirror/v1\nseal: [\n');
    const validation = await validated({ path: disk(), location: other });
    expect(validation).toMatchObject({
      sound: false,
      sequences: [
        { name: baseline, verdict: 'PROVEN' },
        { name: second, verdict: 'BROKEN' },
      ],
    });
    expect(codes(validation)).toContain('SEQ0211');
  });

  it('must have all archives', async () => {
    await carry(baseline, second);
    await rm(join(disk(), second, 'mirror_000001.tar'));
    expect(verdicts(await validated({ path: disk() }))).toEqual(['PROVEN', 'BROKEN']);
  });

  it('is compared with the mirror that it is validated in', async () => {
    await carry(baseline);
    const text = await readFile(content('chain.lock'), 'utf8');
    await writeFile(content('chain.lock'), text.replace(/^1 (\S+) sha256:..../m, '1 $1 sha256:0000'));
    expect(codes(await validated({ path: disk() }))).toContain('SEQ0236');
  });

  it('may hold only archives, whose images are known by their tags', async () => {
    await mkdir(disk());
    await link(archive(baseline), join(disk(), 'mirror_000001.tar'));
    const plain = await validated({ path: disk(), location: other });
    expect(plain.sequences).toMatchObject([{ name: 'disk', number: undefined, verdict: 'PROVEN', images: 1 }]);
  });

  it('has incomplete images if archives are missing', async () => {
    await mkdir(disk());
    await link(archive(second), join(disk(), 'mirror_000001.tar'));
    const plain = await validated({ path: disk(), location: other });
    expect(plain.sequences).toMatchObject([{ verdict: 'BROKEN', brokenImages: [{ source: 'platform/app:1.0' }] }]);
  });

  it('may hold nothing at all', async () => {
    await mkdir(disk());
    await expect(validated({ path: disk() })).rejects.toMatchObject({ code: 'SEQ0237' });
    await expect(validated({ path: '/nowhere' })).rejects.toMatchObject({ code: 'SEQ0237' });
  });
});

describe('files beside the archives', () => {
  it('fails on secrets in the folder, and does not say them', async () => {
    await writeFile(content(second, 'notes.txt'), 'first\nhttps://robot:hunter2@registry.example/\n');
    const validation = await validated();
    expect(codes(validation)).toEqual(['SEQ0317']);
    expect(JSON.stringify(validation)).not.toContain('hunter2');
    expect(renderValidation(validation)).toContain(`${second}/notes.txt contains a secret`);
  });
});

describe('custody', () => {
  it('records when a copy was found sound', async () => {
    const { recorded } = await validated({ record: true });
    expect(recorded).toEqual([baseline, second, third]);
    expect(await world.read(`mirror/content/${second}/custody.yaml`)).toMatch(/where: store\n +verified: 2026-11-24/);
    expect(verdicts(await validated())).toEqual(['PROVEN', 'PROVEN', 'PROVEN']);
  });

  it('records nothing for broken copies, nor for a quick look', async () => {
    await removeArchives(second);
    expect((await validated({ record: true })).recorded).toEqual([baseline]);
    expect((await validated({ record: true, depth: 'quick' })).recorded).toEqual([]);
  });

  it('makes samples reach every sequence in turn', async () => {
    const seen: string[] = [];
    for (let day = 1; day <= 3; day += 1) {
      const { sequences } = await validated({
        sample: 0.01,
        record: true,
        now: () => new Date(`2026-12-0${day}T00:00:00Z`),
      });
      expect(sequences).toHaveLength(1);
      seen.push(sequences[0]!.name);
    }
    expect(seen.sort()).toEqual([baseline, second, third]);
  });

  it.each([0.05, 0.3, 0.7])(
    'reads about the share of bytes of a sample of %d, and at least one blob',
    async (share) => {
      for (let run = 0; run < 5; run += 1) {
        const { sample, sound, sequences } = await validated({ sample: share });
        expect(sound).toBe(true);
        const read = sample?.bytes ?? 0;
        expect(read).toBeGreaterThan(0);
        expect(read).toBeLessThanOrEqual((sample?.of ?? 0) * share);
        const counted = sequences.reduce((sum, { sampled, bytes }) => sum + (sampled?.bytes ?? bytes), 0);
        expect(counted).toBe(read);
        expect(sequences.filter(({ sampled }) => sampled !== undefined).map(({ verdict }) => verdict)).not.toContain(
          'PROVEN',
        );
      }
    },
  );

  it('says how much of it a sample read, and records it as a sample', async () => {
    const validation = await validated({ sample: 0.05, record: true });
    const text = renderValidation(validation).replace(/[\d.]+( [KM]iB)?/g, '…');
    expect(text).toMatchInlineSnapshot(`
      "seq…-baseline: CONSISTENT, checked by headers and a sample of …, … blobs of …, out of … in … archive

      mirror: … CONSISTENT (deep, a sample: … of … read, … %)
      Recorded in custody…yaml of seq…-baseline; commit it"
    `);
    expect(await world.read(`mirror/content/${baseline}/custody.yaml`)).toMatch(/where: store\n +sampled: 2026-11-24/);
    const whole = await validated({ sample: 1, record: true });
    expect(verdicts(whole)).toEqual(['PROVEN', 'PROVEN', 'PROVEN']);
    expect(await world.read(`mirror/content/${baseline}/custody.yaml`)).not.toContain('sampled');
  });

  it('finds a damaged blob if a sample chose it', async () => {
    const index = await readArchiveIndex(archive(baseline));
    for (const { offset } of index.blobs.values()) await flip(archive(baseline), offset + 1);
    const validation = await validated({ sample: 0.1 });
    expect(verdicts(validation)).toEqual(['BROKEN']);
    expect(codes(validation)).toEqual(['SEQ0301']);
  });

  it('takes no sample of archives without records', async () => {
    await mkdir(join(world.root, 'plain'));
    await cp(archive(baseline), join(world.root, 'plain', 'mirror_000001.tar'));
    await expect(validated({ sample: 0.05, path: join(world.root, 'plain') })).rejects.toThrow('SEQ0237');
  });

  it('takes what is lost for nobody’s', async () => {
    await world.write(`mirror/content/${baseline}/custody.yaml`, 'schema: seqmirror/v1\nstate: lost\ncopies: []\n');
    const validation = await validated();
    expect(verdicts(validation)[1]).toBe('BROKEN');
    expect(validation.sequences[1]!.brokenImages.length).toBeGreaterThan(0);
  });
});
