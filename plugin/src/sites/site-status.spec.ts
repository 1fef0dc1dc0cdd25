import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import type { Ledger, Transfer } from '../mirror/sites/sites';
import { emptyLedger, parseLedger, renderLedger, renderTransfer } from '../mirror/sites/sites';
import { renderRollback, renderSitesStatus } from '../report/text/site-status';
import { rollbackSite } from './site-rollback';
import { siteStatus } from './site-status';

const chain = aChain()
  .baseline('baseline', { adds: 3 })
  .differential('logging', { adds: 2 })
  .differential('ubi9', { adds: 1 })
  .build();
const now = () => new Date('2026-12-10T12:00:00Z');

let root: string;
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const location = () => ({ workspaceRoot: root, mirrorRoot: 'mirror', name: 'mirror', env: { HOME: dirname(root) } });
const ledgerTo = (...numbers: number[]): Ledger => ({
  ...emptyLedger,
  entries: numbers.map((sequence) => ({
    sequence,
    seal: chain.sequences[sequence - 1]!.seal,
    confidence: 'proven',
    held_in: 'both',
    at: '2026-11-09T08:00:00Z',
  })),
});
const transfer = (id: string, number: number, made: string, more: Partial<Transfer> = {}): Transfer => {
  const { folder, seal } = chain.sequences[number - 1]!;
  return {
    schema: 'seqmirror/v1',
    id,
    sites: ['bravo'],
    kind: 'site',
    head: { number, folder, seal },
    needs: [],
    volumes: [{ label: `${id}-1`, bytes: 5_905_580_032, sha256: 'a'.repeat(64) }],
    made,
    state: 'sent',
    ...more,
  };
};
const site = (name: string, more = '') =>
  write(`mirror/sites/${name}/site.yaml`, `schema: seqmirror/v1\nname: ${name}\n${more}`);
const ledger = (name: string, value: Ledger) => write(`mirror/sites/${name}/ledger.yaml`, renderLedger(value));
const sent = (name: string, value: Transfer) =>
  write(`mirror/sites/${name}/transfers/${value.id}.yaml`, renderTransfer({ ...value, sites: [name] }));

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'seqmirror-sites-')), 'workspace');
  await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`mirror/content/${path}`, text);
});
afterEach(() => rm(dirname(root), { recursive: true, force: true }));

describe('siteStatus', () => {
  it('reports what each site has, lacks and waits for', async () => {
    await site('alpha');
    await ledger('alpha', ledgerTo(1, 3));
    await site('bravo');
    await ledger('bravo', ledgerTo(1));
    await sent('bravo', transfer('T0002', 2, '2026-11-01T00:00:00Z'));
    await sent('bravo', transfer('T0003', 3, '2026-12-09T00:00:00Z'));
    await site('diode', 'receipts: none\n');
    await sent('diode', transfer('T0004', 3, '2026-12-01T00:00:00Z'));
    await sent('diode', transfer('T0005', 3, '2026-12-10T00:00:00Z'));
    await site('new');
    expect(renderSitesStatus(await siteStatus({ location: location(), now }))).toMatchInlineSnapshot(`
      "SITE   HAS      KNOWN   WHERE  SINCE (UTC)       BEHIND     LACKS  ON ITS WAY
      alpha  seq3     proven  both   2026-11-09 08:00       -   nothing  -
      bravo  seq1     proven  both   2026-11-09 08:00       2   8.1 KiB  T0002 seq2 5.5 GiB, 39 days, overdue; T0003 seq3 5.5 GiB, 1 day
      diode  nothing  -       -      -                      3  16.3 KiB  T0004 seq3 5.5 GiB, 9 days; T0005 seq3 5.5 GiB, today
      new    nothing  -       -      -                      3  16.3 KiB  -
      The last sequence is seq3-ubi9: a new site needs 16.3 KiB
      Next: nx run mirror-site-bravo:acknowledge --receipt=<file>
      Next: nx run mirror-site-diode:acknowledge --assume
      Next: nx run mirror-site-new:bundle --output=<folder>"
    `);
  });

  it('continues after a site that cannot be read', async () => {
    await site('alpha');
    await write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: charlie\n');
    const { sites, problems } = await siteStatus({ location: location(), now });
    expect(sites.map(({ site: name }) => name)).toEqual(['alpha']);
    expect(problems).toMatchObject([{ code: 'SEQ0612' }]);
    await expect(siteStatus({ location: location(), site: 'bravo', now })).rejects.toMatchObject({ code: 'SEQ0612' });
  });

  it('names what stopped runs left, what continues it, and what removes it', async () => {
    const data = '../.local/share/seqmirror/test';
    await write('mirror/content/seq4-next/imageset-config.yaml', 'kind: ImageSetConfiguration\n');
    const [last] = chain.sequences.slice(-1);
    await write(`${data}/stage/seq4-next/blobs/half`, 'x'.repeat(2048));
    await write(`${data}/stage/seq9-of-another-branch/blobs/half`, 'x');
    await write(`${data}/reissue/${last?.folder}.${last?.seal.slice(7, 19)}/mirror_000001.tar`, 'x');
    await write(`${data}/stage/seq5-stopped-at-once/blobs/nothing`, '');
    await site('alpha');
    const { unfinished } = await siteStatus({ location: location(), now });
    const root = join(dirname(location().workspaceRoot), '.local/share/seqmirror/test');
    expect(unfinished.map(({ name, next }) => [name, next])).toEqual([
      ['stage/seq4-next', 'nx run mirror:seq4'],
      ['stage/seq9-of-another-branch', undefined],
      [expect.stringMatching(/^reissue\/seq3-ubi9\.[0-9a-f]{12}$/), 'nx run mirror:reissue --sequence=seq3'],
    ]);
    const text = renderSitesStatus(await siteStatus({ location: location(), now }));
    expect(text).toContain(
      [
        'A run that was stopped left 2.0 KiB in stage/seq4-next of the data directory',
        '  To continue:   nx run mirror:seq4',
        `  To start over: rm -r ${root}/stage/seq4-next`,
        'A run that was stopped left 1 B in stage/seq9-of-another-branch of the data directory',
        `  No sequence of this mirror needs it; to delete it: rm -r ${root}/stage/seq9-of-another-branch`,
        '',
      ].join('\n'),
    );
  });

  it('does not send what is on its way, and sends again what is overdue', async () => {
    await site('bravo', 'overdue_after_days: 14\n');
    await sent('bravo', transfer('T0001', 3, '2026-12-05T00:00:00Z'));
    const nextOf = async () => (await siteStatus({ location: location(), now })).sites[0]?.next;
    expect(await nextOf()).toBe('nx run mirror-site-bravo:acknowledge --receipt=<file>');
    await sent('bravo', transfer('T0001', 3, '2026-11-05T00:00:00Z'));
    expect(await nextOf()).toBe('nx run mirror-site-bravo:bundle --output=<folder>');
    await sent('bravo', transfer('T0001', 3, '2026-12-05T00:00:00Z', { state: 'lost' }));
    expect(await nextOf()).toBe('nx run mirror-site-bravo:bundle --output=<folder>');
  });

  it('says what a mirror without sites needs', async () => {
    expect(renderSitesStatus(await siteStatus({ location: location(), now }))).toBe(
      'mirror has no sites yet.\nNext: nx g seqmirror:site bravo --mirror=mirror',
    );
  });
});

describe('rollbackSite', () => {
  const rollback = (setback: Parameters<typeof rollbackSite>[0]['setback'], dryRun = false) =>
    rollbackSite({ location: location(), site: 'bravo', setback, dryRun, now });
  const written = async () =>
    parseLedger(await readFile(join(root, 'mirror/sites/bravo/ledger.yaml'), 'utf8'), 'ledger.yaml');
  beforeEach(async () => {
    await site('bravo');
    await ledger('bravo', ledgerTo(1, 3));
  });

  it('moves the ledger back, with a note, once', async () => {
    const outcome = await rollback({ kind: 'restored', to: 1 });
    expect(renderRollback(outcome, 'mirror-site-bravo')).toBe(
      'bravo: has seq1; its ledger said seq3 before\nNext: nx run mirror-site-bravo:bundle --output=<folder>',
    );
    expect(await written()).toEqual({
      ...ledgerTo(1),
      rollbacks: [{ at: '2026-12-10T12:00:00Z', from: 3, to: 1, note: 'restored from a backup that has seq1' }],
    });
    expect(renderRollback(await rollback({ kind: 'restored', to: 1 }), 'mirror-site-bravo')).toBe(
      'bravo: the ledger already says that the site has seq1; nothing to do',
    );
  });

  it('writes nothing in a dry run', async () => {
    expect(await rollback({ kind: 'wiped' }, true)).toMatchObject({ from: 3, to: 0, changed: true, done: false });
    expect(await written()).toEqual(ledgerTo(1, 3));
  });

  it('refuses a sequence that the site never acknowledged, and names the nearest one that it did', async () => {
    await expect(rollback({ kind: 'restored', to: 2 })).rejects.toMatchObject({
      code: 'SEQ0613',
      next: expect.stringContaining('rollback --to=seq1'),
    });
  });
});
