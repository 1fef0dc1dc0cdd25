/** A mirror with three sequences, three sites and two transfers, and what its report is made from. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import { listSequences } from '../chain/list-sequences';
import type { MirrorLocation } from '../mirror/mirror';
import type { Transfer } from '../mirror/sites/sites';
import { emptyLedger, renderLedger, renderTransfer } from '../mirror/sites/sites';
import { reportedChain } from '../reporting/reported-chain';
import { sequenceContents } from '../reporting/sequence-contents';
import { renderCustody } from '../sequence/custody';
import { siteStatus } from '../sites/site-status';
import type { MirrorReport } from './mirror-report';
import { mirrorReport } from './mirror-report';
import { contentsFor, partsOf, reportFiles } from './report-files';

export const chain = aChain()
  .baseline('baseline', { adds: 3 })
  .differential('logging', { adds: 2, updates: 1, removes: 1 })
  .differential('ubi9', { adds: 1 })
  .build();

export interface ReportedMirror {
  readonly location: MirrorLocation;
  /** Paths are from the mirror's folder. */
  write(path: string, text: string): Promise<void>;
  /** The report as of a day, which makes no difference to it. */
  report(now?: string): Promise<MirrorReport>;
  /** The files of a report, by path. */
  files(report: MirrorReport, which?: 'all' | 'newest'): Promise<Map<string, string>>;
  remove(): Promise<void>;
}

export async function aReportedMirror(): Promise<ReportedMirror> {
  const root = await mkdtemp(join(tmpdir(), 'seqmirror-report-'));
  const location = { workspaceRoot: join(root, 'workspace'), mirrorRoot: 'mirror', env: { HOME: root } };
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(root, 'workspace/mirror', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  await write('seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nname: mirror\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`content/${path}`, text);
  await writeSites(write);
  return {
    location,
    write,
    report: async (now = '2026-11-20T00:00:00Z') =>
      mirrorReport({
        listing: await listSequences(location),
        status: await siteStatus({ location, now: () => new Date(now) }),
        chain: await reportedChain(location),
      }),
    files: async (report, which = 'all') => {
      const parts = partsOf(report, which);
      const contents = await sequenceContents(location, contentsFor(parts));
      return new Map([...reportFiles(report, parts, contents)].map(({ path, text }) => [path, text]));
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** alpha is up to date; T0001 reached bravo, and T0002 is on its way to bravo and charlie, over a diode. */
async function writeSites(write: ReportedMirror['write']): Promise<void> {
  const [first, , last] = chain.sequences as [(typeof chain.sequences)[0], unknown, (typeof chain.sequences)[0]];
  const entry = { held_in: 'both', at: '2026-11-09T08:00:00Z' } as const;
  const ledgers = {
    alpha: [{ ...entry, sequence: 3, seal: last.seal, confidence: 'proven' as const }],
    bravo: [{ ...entry, sequence: 1, seal: first.seal, confidence: 'attested' as const }],
    charlie: [],
  };
  for (const [site, entries] of Object.entries(ledgers)) {
    const receipts = site === 'charlie' ? 'none' : 'file';
    await write(`sites/${site}/site.yaml`, `schema: seqmirror/v1\nname: ${site}\nreceipts: ${receipts}\n`);
    await write(`sites/${site}/ledger.yaml`, renderLedger({ ...emptyLedger, entries }));
  }
  const transfer: Transfer = {
    schema: 'seqmirror/v1',
    id: 'T0001',
    sites: ['bravo'],
    kind: 'baseline',
    head: { number: 1, folder: first.folder, seal: first.seal },
    needs: [],
    volumes: [{ label: 'MIRROR-T0001-1of1', bytes: 20_480, sha256: 'c'.repeat(64) }],
    made: '2026-11-08T10:00:00Z',
    state: 'acknowledged',
  };
  const next: Transfer = {
    ...transfer,
    id: 'T0002',
    sites: ['bravo', 'charlie'],
    kind: 'site',
    head: { number: 3, folder: last.folder, seal: last.seal },
    needs: [first.seal],
    made: '2026-11-12T10:00:00Z',
    state: 'sent',
  };
  await write('sites/bravo/transfers/T0001.yaml', renderTransfer(transfer));
  for (const site of next.sites) await write(`sites/${site}/transfers/T0002.yaml`, renderTransfer(next));
  await write(
    `content/${first.folder}/custody.yaml`,
    renderCustody({ schema: 'seqmirror/v1', state: 'held', copies: [{ where: 'store', verified: '2026-11-10' }] }),
  );
}

/** What somebody might put where a name is expected. */
export const hostile =
  '<script src="https://evil.example/x.js">alert(1)</script>"\'><img src=https://evil.example/y onerror=alert(2)>' +
  '\u001b[31m\u0007\u202e &amp; | `tick` [link](https://evil.example) @everyone';

/** The same report with every text that others write replaced by a hostile one. */
export function withHostileTexts(report: MirrorReport): MirrorReport {
  const list = [hostile, `${hostile}@sha256:${'f'.repeat(64)}`];
  return {
    ...report,
    mirror: hostile,
    signatures: [{ file: 'chain.lock.sig', key: hostile, name: hostile }],
    sequences: report.sequences.map((sequence) => ({
      ...sequence,
      description: hostile,
      needs: list,
      news: {
        images: { added: list, updated: list, removed: list },
        releases: { added: list, dropped: list },
        heads: [{ catalog: hostile, package: hostile, channel: hostile, from: hostile, to: hostile }],
      },
      provenance: { ...sequence.provenance, engineVersion: hostile, releaseSignatureKey: hostile, missing: list },
      custody: { state: 'held', copies: [{ where: hostile, verified: hostile }], note: hostile },
    })),
    sites: report.sites.map((site) => ({ ...site, site: hostile })),
    transfers: report.transfers.map((transfer) => ({
      ...transfer,
      states: [{ site: hostile, state: 'sent' as const }],
      volumes: [{ label: hostile, bytes: 1, sha256: hostile }],
    })),
  };
}
