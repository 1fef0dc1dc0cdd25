import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readArchiveIndex } from '../../archive/archive-index';
import { verifyArchives } from '../../archive/verify';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import { digestOf } from '../../registry/scripted-registry.fixture';
import type { MirrorPlan, MirrorRequest, StagedArchives } from '../engine';
import { embeddedEngine } from './embedded';
import type { Source } from './source.fixture';
import { createSource, parsed } from './source.fixture';

const mebibyte = 1024 * 1024;
const version = { engine: 'embedded', version: 'embedded 0.0.0', found: 'built in' } as const;

// Real servers and real fsyncs, on machines that do other things too.
jest.setTimeout(60_000);

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

const mirror = (request: MirrorRequest): Promise<StagedArchives> => embeddedEngine.mirrorToDisk(request, version);
const fetched = (digest: Digest): number => source.requests.filter((line) => line.endsWith(`/blobs/${digest}`)).length;
const layer = (letter: string, bytes = 3 * mebibyte): Buffer => Buffer.alloc(bytes, letter);

const sumOf = ({ archives }: MirrorPlan): number => archives.reduce((sum, { bytes }) => sum + bytes, 0);

async function expectSound({ archives }: StagedArchives): Promise<readonly BlobRecord[]> {
  const { findings, blobs } = await verifyArchives(archives, { hash: 'blobs' });
  expect(findings).toEqual([]);
  return blobs;
}

describe('embedded engine', () => {
  it('is always available, with the version of the package', async () => {
    const { options, env } = source.request(source.document('lab/app:v1'));
    expect(await embeddedEngine.probe(options, env)).toEqual({
      engine: 'embedded',
      version: expect.stringMatching(/^embedded \d+\.\d+\.\d+/) as string,
      found: 'built in',
    });
  });

  it('makes sound archives of all blobs, with the same bytes each time', async () => {
    const child = source.image('lab/app', undefined, [layer('a'), 'small', '']);
    source.index('lab/app', 'v1', [child, source.image('lab/app', undefined, [layer('a'), 'other'])]);
    const request = source.request(source.document('lab/app:v1'));
    const staged = await mirror(request);
    expect(staged.archives).toEqual([join(request.stage, 'mirror_000001.tar')]);
    const again = await mirror({ ...request, stage: join(source.folder, 'again') });
    const [first, second] = await Promise.all([staged, again].map(({ archives }) => readFile(archives[0] as string)));
    expect(first?.equals(second as Buffer)).toBe(true);
    expect(await expectSound(staged)).toHaveLength(3 + 6);
  });

  it('writes what it mirrored into the configuration, and records what it relied on', async () => {
    const { digest } = source.image('lab/app', 'v1', ['x']);
    const { pinnedConfig, provenance } = await mirror(
      source.request(source.document('lab/app:v1', `lab/app@${digest}`)),
    );
    const { additionalImages } = (parse(pinnedConfig) as { mirror: { additionalImages: unknown } }).mirror;
    expect(additionalImages).toEqual([
      { name: `${source.host}/lab/app:v1@${digest}` },
      { name: `${source.host}/lab/app@${digest}` },
    ]);
    expect(provenance).toEqual({ tlsVerified: false, substitutions: [] });
  });

  it('records which attachments it took, and which were refused, if it is not all or nothing', async () => {
    const { digest } = source.image('lab/app', 'v1', ['x']);
    source.faults.set(`HEAD /v2/lab/app/manifests/${digest.replace(':', '-')}.sig`, (_, response) => {
      response.statusCode = 403;
      response.end();
    });
    const request = source.request(source.document('lab/app:v1'));
    const attachments = { taken: 'signatures', ifRefused: 'skip' } as const;
    const skipping = { ...request, options: { ...request.options, attachments } };
    const refused = [`${source.host}/lab/app: signature`];
    expect((await mirror(skipping)).provenance.attachments).toEqual({ ...attachments, refused });
    const { notes } = await embeddedEngine.plan(skipping, version);
    expect(notes).toEqual([
      `mirrored without these, because the registry does not say whether they exist: ${refused.join()}`,
    ]);
  });

  it('names the attachment whose part is missing', async () => {
    const { digest } = source.image('lab/app', 'v1', ['x']);
    source.image('lab/app', `${digest.replace(':', '-')}.sig`, ['lost']);
    source.blobs.delete(digestOf('lost'));
    await expect(mirror(source.request(source.document('lab/app:v1')))).rejects.toMatchObject({
      code: 'SEQ0411',
      what: expect.stringContaining(`${source.host}/lab/app:v1 (its signature) is incomplete`) as string,
    });
  });

  it('names the image whose layer a registry refuses', async () => {
    source.image('lab/app', 'v1', ['secret']);
    source.faults.set(`GET /v2/lab/app/blobs/${digestOf('secret')}`, (_, response) => {
      response.statusCode = 403;
      response.end();
    });
    await expect(mirror(source.request(source.document('lab/app:v1')))).rejects.toMatchObject({
      code: 'SEQ0505',
      details: [`the blob belongs to ${source.host}/lab/app:v1`],
    });
  });

  it('leaves out and does not fetch what the base has, and links everything in the configuration', async () => {
    source.image('lab/app', 'v1', [layer('a'), 'old']);
    const first = await mirror(source.request(source.document('lab/app:v1')));
    const base = new Map((await expectSound(first)).map((record) => [record.digest, record]));
    const next = source.image('lab/app', 'v2', [layer('a'), 'new']);
    source.requests.length = 0;
    const stage = join(source.folder, 'next');
    const staged = await mirror(source.request(source.document('lab/app:v1', 'lab/app:v2'), { base, stage }));
    const blobs = await expectSound(staged);
    expect(blobs.filter(({ digest }) => base.has(digest))).toEqual([]);
    expect(blobs.find(({ digest }) => digest === next.digest)?.refs).toHaveLength(3);
    expect(fetched(digestOf(layer('a')))).toBe(0);
    const { links } = await readArchiveIndex(staged.archives[0] as string);
    expect(links.filter(({ link }) => link === 'tag')).toHaveLength(2);
  });

  it('shows what a run would bring, and writes nothing', async () => {
    const { digest } = source.image('lab/app', 'v1', ['12345']);
    const request = source.request(source.document('lab/app:v1'));
    const plan = await embeddedEngine.plan(request, version);
    expect(plan).toMatchObject({ isExact: true, unanswered: [], images: [{ digest }] });
    expect(plan.blobs.size).toBe(3);
    expect(plan.blobs.get(digest)?.refs).toContain(digestOf('12345'));
    expect(plan.space).toEqual({ download: 0, archives: sumOf(plan), cache: 0 });
    expect(existsSync(request.stage)).toBe(false);
    expect(source.requests.filter((line) => line.includes('/blobs/'))).toEqual([]);
  });

  it('writes exactly the archives that it planned, also for a differential, and fetches no layer to plan them', async () => {
    const sizesOf = ({ archives }: StagedArchives) =>
      Promise.all(archives.map(async (path) => ({ name: basename(path), bytes: (await stat(path)).size })));
    source.image('lab/app', 'v1', [layer('a'), 'old']);
    source.image('lab/app', 'v2', [layer('a'), layer('b'), layer('c'), 'new']);
    const old = source.document('lab/app:v1');
    const planned = await embeddedEngine.plan(source.request(old), version);
    const first = await mirror(source.request(old));
    expect(planned.archives).toEqual(await sizesOf(first));

    const base = new Map((await expectSound(first)).map((record) => [record.digest, record]));
    const request = source.request(source.document('lab/app:v1', 'lab/app:v2'), {
      base,
      stage: join(source.folder, 'next'),
    });
    source.requests.length = 0;
    const differential = await embeddedEngine.plan(request, version);
    expect(source.requests.filter((line) => line.includes('/blobs/'))).toEqual([]);
    expect(differential.archives).toEqual(await sizesOf(await mirror(request)));
    expect(sumOf(differential)).toBeGreaterThan(2 * layer('b').length);
    expect(sumOf(differential)).toBeLessThan(3 * layer('b').length);
  });

  it('plans an image of hundreds of layers with as many requests as one of a single layer', async () => {
    const questions = async (layers: number): Promise<number> => {
      source.image(
        'lab/app',
        `with-${layers}`,
        Array.from({ length: layers }, (_, index) => `layer ${index}`),
      );
      source.requests.length = 0;
      await embeddedEngine.plan(source.request(source.document(`lab/app:with-${layers}`)), version);
      return source.requests.length;
    };
    expect(await questions(300)).toBe(await questions(1));
  });

  it('fails to plan if a registry cannot be asked, and names the image', async () => {
    source.image('lab/app', 'v1', ['x']);
    source.faults.set('GET /v2/lab/gone/manifests/v1', (_, response) => {
      response.statusCode = 500;
      response.end();
    });
    const request = source.request(source.document('lab/app:v1', 'lab/gone:v1'));
    await expect(embeddedEngine.plan(request, version)).rejects.toMatchObject({ code: 'SEQ0509' });
  });

  it('refuses what it cannot mirror before it asks any registry', async () => {
    const document = parsed('mirror:\n  samples:\n    - name: httpd');
    await expect(mirror(source.request(document))).rejects.toMatchObject({ code: 'SEQ0410', at: { line: 5 } });
    expect(source.requests).toEqual([]);
  });

  it('checks for space before it writes archives', async () => {
    source.image('lab/app', 'v1', [layer('a')]);
    const ensureSpace = jest.fn().mockRejectedValue(new Error('too small'));
    const request = source.request(source.document('lab/app:v1'), { ensureSpace });
    await expect(mirror(request)).rejects.toThrow('too small');
    expect(ensureSpace).toHaveBeenCalledWith({ download: 0, cache: 0, archives: expect.any(Number) as number });
    expect((await readdir(join(request.stage, 'fetch'))).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it.each([
    ['a part', 'SEQ0411', {}],
    ['a foreign layer', 'SEQ0412', { urls: ['https://layers.example/1'] }],
  ])('names the image that lacks %s', async (_, code, more) => {
    source.image('lab/app', 'v1', ['gone'], more);
    source.blobs.delete(digestOf('gone'));
    await expect(mirror(source.request(source.document('lab/app:v1')))).rejects.toMatchObject({
      code,
      what: expect.stringContaining(`${source.host}/lab/app:v1`) as string,
    });
  });

  it('never accepts content that does not match its digest', async () => {
    source.image('lab/app', 'v1', ['good']);
    source.blobs.set(digestOf('good'), Buffer.from('evil'));
    const request = source.request(source.document('lab/app:v1'));
    await expect(mirror(request)).rejects.toMatchObject({ code: 'SEQ0508' });
    expect(existsSync(join(request.stage, 'mirror_000001.tar'))).toBe(false);
  });
});

describe('embedded engine, run again', () => {
  /** Lets one blob fail, after it sent some bytes, until `repair`. */
  const breakBlob = (digest: Digest, after: number): { repair: () => void } => {
    const line = `GET /v2/lab/app/blobs/${digest}`;
    const content = source.blobs.get(digest) as Buffer;
    source.faults.set(line, (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, after), () => setTimeout(() => response.destroy(), 50));
    });
    return { repair: () => void source.faults.delete(line) };
  };

  it('fetches only what was missing, a blob from where it broke off', async () => {
    source.image('lab/app', 'v1', [layer('a'), layer('b')]);
    const request = source.request(source.document('lab/app:v1'));
    const { repair } = breakBlob(digestOf(layer('b')), 2.5 * mebibyte);
    await expect(mirror(request)).rejects.toMatchObject({ code: 'SEQ0503' });
    repair();
    source.requests.length = 0;
    const sent: number[] = [];
    source.faults.set(`GET /v2/lab/app/blobs/${digestOf(layer('b'))}`, (incoming, response) => {
      const from = Number(/bytes=(\d+)-/.exec(incoming.headers.range ?? '')?.[1] ?? 0);
      sent.push(from);
      response.writeHead(206, { 'content-range': `bytes ${from}-${3 * mebibyte - 1}/${3 * mebibyte}` });
      response.end(layer('b').subarray(from));
    });
    await expectSound(await mirror(request));
    expect(sent).toEqual([expect.any(Number)]);
    expect(sent[0]).toBeGreaterThanOrEqual(2 * mebibyte);
    expect(fetched(digestOf(layer('a')))).toBe(0);
  });

  it('fetches a blob from its start when what was left of it is damaged', async () => {
    source.image('lab/app', 'v1', [layer('a')]);
    const request = source.request(source.document('lab/app:v1'));
    const { repair } = breakBlob(digestOf(layer('a')), 2 * mebibyte);
    await expect(mirror(request)).rejects.toMatchObject({ code: 'SEQ0503' });
    repair();
    const partial = join(request.stage, 'fetch', 'mirror_000001.tar.partial');
    const place = (await readArchiveIndex(partial)).blobs.get(digestOf(layer('a')));
    const file = await open(partial, 'r+');
    await file.write('damage', place?.offset);
    await file.close();
    await expectSound(await mirror(request));
  });

  it('uses the earlier archives when a tag has moved', async () => {
    source.image('lab/app', 'v1', [layer('a'), layer('b'), 'x']);
    const request = source.request(source.document('lab/app:v1'));
    breakBlob(digestOf(layer('b')), 0);
    await expect(mirror(request)).rejects.toMatchObject({ code: 'SEQ0503' });
    source.image('lab/app', 'v1', [layer('a'), layer('c')]);
    source.requests.length = 0;
    const blobs = await expectSound(await mirror(request));
    expect(blobs).toHaveLength(4);
    expect(fetched(digestOf(layer('a')))).toBe(0);
    expect(await readdir(request.stage)).not.toContain('previous');
  });

  it('has nothing to fetch when it was finished, even if it was killed between its last renames', async () => {
    source.image('lab/app', 'v1', [layer('a')]);
    const request = source.request(source.document('lab/app:v1'));
    await mirror(request);
    source.requests.length = 0;
    await expectSound(await mirror(request));
    expect(source.requests.filter((line) => line.includes('/blobs/'))).toEqual([]);
  });

  it('ignores a journal whose archives were removed', async () => {
    source.image('lab/app', 'v1', [layer('a')]);
    const request = source.request(source.document('lab/app:v1'));
    const { archives } = await mirror(request);
    await rename(archives[0] as string, join(source.folder, 'promoted.tar'));
    await expectSound(await mirror(request));
    expect(fetched(digestOf(layer('a')))).toBe(2);
  });

  it('throws away archives that another engine left', async () => {
    source.image('lab/app', 'v1', ['x']);
    const request = source.request(source.document('lab/app:v1'));
    await mkdir(request.stage, { recursive: true });
    await writeFile(join(request.stage, 'mirror_000001.tar'), 'half an archive');
    await writeFile(join(request.stage, 'mirror_000002.tar'), 'half an archive');
    const staged = await mirror(request);
    await expectSound(staged);
    expect((await readdir(request.stage)).filter((name) => name.endsWith('.tar'))).toEqual(['mirror_000001.tar']);
  });

  it('ends with the same archive, wherever it was stopped before', async () => {
    source.index('lab/app', 'v1', [
      source.image('lab/app', undefined, [layer('a', 200_000), 'x']),
      source.image('lab/app', undefined, [layer('b', 300_000)]),
    ]);
    const document = source.document('lab/app:v1');
    const whole = await mirror(source.request(document, { stage: join(source.folder, 'whole') }));
    const expected = await readFile(whole.archives[0] as string);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { maxLength: 3 }), fc.nat(), async (stops, number) => {
        const stage = join(source.folder, `stopped-${number}`);
        for (const stop of stops) {
          const controller = new AbortController();
          let steps = 0;
          const count = (): void => {
            steps += 1;
            if (steps > stop) controller.abort(new Error('stopped'));
          };
          const progress = { step: count, total: count, advance: count, detail: count, note: count, done: count };
          await mirror(source.request(document, { stage, progress, signal: controller.signal })).catch(
            (error: Error) => {
              expect(error.message).toBe('stopped');
            },
          );
        }
        const { archives } = await mirror(source.request(document, { stage }));
        expect((await stat(archives[0] as string)).size).toBe(expected.length);
        expect((await readFile(archives[0] as string)).equals(expected)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});
