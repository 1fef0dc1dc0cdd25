import { createHash } from 'node:crypto';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { settingsTrusting } from '../../../testing/worlds/uploading';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import { openMirror } from '../mirror/mirror';
import { readLedger } from '../mirror/sites/sites';
import { renderUpload } from '../report/text/upload';
import { acknowledge } from '../sites/acknowledge';
import { siteStatus } from '../sites/site-status';
import { silentProgress } from '../system/progress';
import type { SiteUploadOptions } from './upload-to-site';
import { uploadToSite } from './upload-to-site';

jest.setTimeout(300_000);

const [seq1, seq2] = ['seq1-baseline', 'seq2-add-app'] as const;
const now = () => new Date('2026-12-01T10:00:00Z');

let upstream: Lab;
let registry: Lab;
let sealed: World;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
  sealed = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app] });
});
afterAll(async () => {
  await sealed?.remove();
  await upstream?.stop();
});
beforeEach(async () => {
  registry = await startLab({ images: [] });
  world = await sealed.copy();
  await world.write('mirror/seqmirror.yaml', settingsTrusting(registry.host));
  await writeSite(`registry: ${registry.host}/mirror\n`);
});
afterEach(async () => {
  await world.remove();
  await registry.stop();
});

const writeSite = (more = ''): Promise<void> =>
  world.write('mirror/sites/bravo/site.yaml', `schema: seqmirror/v1\nname: bravo\n${more}`);
const upload = (folder: string, options: Partial<SiteUploadOptions> = {}) =>
  uploadToSite({
    location: world.location,
    site: 'bravo',
    folder,
    engine: 'auto',
    force: false,
    dryRun: false,
    progress: silentProgress,
    signal: new AbortController().signal,
    now,
    ...options,
  });
const ledger = async () => (await readLedger(await openMirror(world.location), 'bravo')).entries;
const inWords = (text: string) => text.replaceAll(registry.host, 'registry.example');

describe('uploadToSite', () => {
  it('notices a tag that is missing or moved afterwards, and records nothing in the ledger', async () => {
    const heal = registry.fault({
      match: { method: 'HEAD', path: /manifests\/1\.0$/, nth: 2 },
      action: { status: 404 },
    });
    await expect(upload(seq2)).rejects.toMatchObject({
      code: 'SEQ0648',
      details: [expect.stringMatching(/^platform\/app:1\.0@sha256:/)],
    });
    expect(await ledger()).toEqual([]);
    heal();
    await upload(seq2);
    expect(await ledger()).toHaveLength(1);
  });

  it('gives the same number of images everywhere: uploaded, verified, in the receipt', async () => {
    const told: string[] = [];
    const outcome = await upload(seq2, { progress: { ...silentProgress, done: (fact) => void told.push(fact) } });
    const receipt = await world.read('mirror/sites/bravo/receipts/seq2.receipt');
    const list = await world.read(`mirror/content/${seq2}/images.txt`);
    const numbers = [
      outcome.images,
      Number(/^images=(\d+)$/m.exec(receipt)?.[1]),
      list.trimEnd().split('\n').length,
      ...told.flatMap((fact) => /(\d+) images/.exec(fact)?.[1] ?? []).map(Number),
    ];
    expect(numbers.length).toBe(5);
    expect(new Set(numbers)).toEqual(new Set([2]));
  });

  it("uploads the head of the chain and proves it in the ledger with a receipt of the registry's answers", async () => {
    const outcome = await upload(seq2);
    expect(inWords(renderUpload(outcome)).split('\n').slice(0, 5)).toMatchInlineSnapshot(`
      [
        "seq2-add-app: uploaded to registry.example/mirror (embedded 0.1.0)",
        "  2 images",
        "     675.3 KiB  8 blobs uploaded",
        "     293.0 KiB  1 blob mounted from another repository of the registry",
        "bravo: has seq2, proven (registry); it had nothing before; its receipt: mirror/sites/bravo/receipts/seq2.receipt",
      ]
    `);
    const receipt = await world.read('mirror/sites/bravo/receipts/seq2.receipt');
    expect(await ledger()).toEqual([
      {
        sequence: 2,
        seal: expect.stringMatching(/^sha256:/),
        confidence: 'proven',
        held_in: 'registry',
        at: '2026-12-01T10:00:00Z',
        receipt: createHash('sha256').update(receipt).digest('hex'),
      },
    ]);
    expect(receipt).not.toContain(registry.host.split(':')[0]);
    const { sites } = await siteStatus({ location: world.location, now });
    expect(sites).toMatchObject([{ head: { number: 2, confidence: 'proven', heldIn: 'registry' }, lag: { blobs: 0 } }]);
  });

  it('writes a receipt that acknowledge takes for an unsigned one', async () => {
    await upload(seq1);
    await world.write('mirror/sites/bravo/ledger.yaml', 'schema: seqmirror/v1\nentries: []\n');
    const file = 'mirror/sites/bravo/receipts/seq1.receipt';
    await acknowledge({
      location: world.location,
      site: 'bravo',
      answer: { kind: 'receipt', file },
      dryRun: false,
      now,
    });
    expect(await ledger()).toMatchObject([{ sequence: 1, confidence: 'attested', held_in: 'registry' }]);
  });

  it('changes nothing when it is run again', async () => {
    await upload(seq2);
    const before = await world.read('mirror/sites/bravo/ledger.yaml');
    const outcome = await upload(seq2, { now: () => new Date('2026-12-02T10:00:00Z') });
    expect(outcome.site).toMatchObject({ changed: false, from: 2, receipt: undefined });
    expect(await world.read('mirror/sites/bravo/ledger.yaml')).toBe(before);
  });

  it('keeps in the ledger that an earlier upload filled the cache', async () => {
    await upload(seq1);
    const text = await world.read('mirror/sites/bravo/ledger.yaml');
    await world.write('mirror/sites/bravo/ledger.yaml', text.replace('held_in: registry', 'held_in: cache'));
    await upload(seq1, { now: () => new Date('2026-12-02T10:00:00Z') });
    expect(await ledger()).toMatchObject([{ held_in: 'both' }]);
  });

  it('writes nothing in a dry run, neither there nor here', async () => {
    const outcome = await upload(seq2, { dryRun: true });
    expect(inWords(renderUpload(outcome))).toMatch(
      /dry run; nothing was written\n[^]*Next: nx run .*-site-bravo:upload$/,
    );
    expect(await ledger()).toEqual([]);
    expect(registry.journal.entries.filter(({ method }) => method === 'PUT' || method === 'POST')).toEqual([]);
  });

  it('acknowledges nothing for a registry that loses what it received', async () => {
    await upload(seq1);
    registry.fault({ match: { method: 'HEAD', path: /manifests\/sha256:/ }, action: { status: 404 } });
    await expect(upload(seq2)).rejects.toMatchObject({ code: 'SEQ0648' });
    expect(await ledger()).toMatchObject([{ sequence: 1 }]);
  });

  it('uploads to the registry in the command, and asks for one if nothing names it', async () => {
    await writeSite();
    await expect(upload(seq1)).rejects.toMatchObject({ code: 'SEQ0650' });
    await upload(seq1, { registry: `${registry.host}/elsewhere` });
    expect(await ledger()).toMatchObject([{ sequence: 1 }]);
  });

  it('does not begin with something that the ledger could not record: a sequence before the head', async () => {
    await upload(seq2);
    registry.journal.clear();
    await expect(upload(seq1, { force: true })).rejects.toMatchObject({ code: 'SEQ0619' });
    expect(registry.journal.entries).toEqual([]);
  });

  it.each(['charlie', '../bravo'])('knows no site %s', async (site) => {
    await expect(upload(seq1, { site })).rejects.toMatchObject({ code: 'SEQ0611' });
  });
});
