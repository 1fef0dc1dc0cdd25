import { Seal } from '../../sequence/seal';
import type { MirrorFacts } from './metrics';
import { metrics, metricsText } from './metrics';

const seal = Seal.parse(`sha256:${'a'.repeat(64)}`);
const sealed = (bytes: number) => ({
  timestamp: '2026-11-28T10:00:00Z',
  seal,
  type: 'baseline' as const,
  images: 47,
  newBlobs: 239,
  bytes,
  cumulativeBytes: 12_000,
  needs: [],
  archives: 'store' as const,
  closureBytes: bytes,
});
const facts: MirrorFacts = {
  at: new Date('2026-11-28T12:00:00Z'),
  listing: {
    mirror: 'mirror',
    sequences: [
      { number: 1, folder: 'seq1-a', description: '', state: 'sealed', sealed: sealed(10_000) },
      { number: 2, folder: 'seq2-b', description: '', state: 'sealed', sealed: sealed(2_000) },
      { number: 3, folder: 'seq3-c', description: '', state: 'planned' },
    ],
    findings: [],
    leftOvers: [],
    unfinished: [],
    archiveBytes: 12_000,
    completeArchivesBytes: 22_000,
  },
  status: {
    mirror: 'mirror',
    chainHead: { number: 2, folder: 'seq2-b', bytes: 12_000 },
    sites: [
      {
        site: 'bravo',
        receipts: 'file',
        head: { number: 1, seal, confidence: 'proven', heldIn: 'both', at: '2026-11-28T11:00:00Z' },
        lag: { sequences: 1, blobs: 3, bytes: 2_000 },
        inTransit: [{ id: 'T0001', head: 2, bytes: 2_000, made: '2026-11-01T00:00:00Z', days: 27, overdue: true }],
        unknownSeals: [],
        next: undefined,
      },
    ],
    problems: [],
    unfinished: [],
  },
  custody: [
    { number: 1, folder: 'seq1-a', custody: undefined },
    {
      number: 2,
      folder: 'seq2-b',
      custody: {
        schema: 'seqmirror/v1',
        state: 'lost',
        copies: [{ where: 'store', verified: '2026-11-20' }, { where: 'tape' }],
      },
    },
  ],
  runs: [
    { number: 2, seal, engine: 'embedded', bytes: 1, milliseconds: 1 },
    { number: 2, seal, engine: 'embedded', bytes: 2_000, milliseconds: 1_500 },
  ],
};

describe('metricsText', () => {
  const text = metricsText(facts);
  const valueOf = (sample: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${sample} `))
        ?.split(' ')[1],
    );

  it('has one value for each question that an alert asks', () => {
    const values = {
      'seqmirror_collected_timestamp_seconds{mirror="mirror"}': Date.UTC(2026, 10, 28, 12) / 1000,
      'seqmirror_sequences{mirror="mirror",state="sealed"}': 2,
      'seqmirror_sequences{mirror="mirror",state="broken"}': 0,
      'seqmirror_chain_saved_bytes{mirror="mirror"}': 10_000,
      'seqmirror_sequence_archive_bytes{mirror="mirror",sequence="seq1"}': 10_000,
      'seqmirror_run_seconds{mirror="mirror",sequence="seq2",engine="embedded"}': 1.5,
      'seqmirror_custody_copies{mirror="mirror",sequence="seq1"}': 0,
      'seqmirror_custody_lost{mirror="mirror",sequence="seq2"}': 1,
      'seqmirror_custody_verified_timestamp_seconds{mirror="mirror",sequence="seq2"}': Date.UTC(2026, 10, 20) / 1000,
      'seqmirror_site_head{mirror="mirror",site="bravo"}': 1,
      'seqmirror_site_lag_bytes{mirror="mirror",site="bravo"}': 2_000,
      'seqmirror_site_transfers_overdue{mirror="mirror",site="bravo"}': 1,
    };
    for (const [sample, value] of Object.entries(values)) expect([sample, valueOf(sample)]).toEqual([sample, value]);
  });

  it('is the text format of Prometheus: help and type once, before the samples of a metric', () => {
    const line =
      /^(?:# HELP [a-z_]+ \S.*[^.]|# TYPE [a-z_]+ gauge|[a-z_]+\{mirror="mirror"(?:,[a-z]+="[^"\n]*")*\} -?\d+(?:\.\d+)?)$/;
    expect(
      text
        .trimEnd()
        .split('\n')
        .filter((each) => !line.test(each)),
    ).toEqual([]);
    expect(text.endsWith('\n')).toBe(true);
    const helped = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name);
    expect(helped).toEqual(metrics.map(({ name }) => name));
  });

  it('leaves out what is not known, and lets no name out of its quotes', () => {
    const [site] = facts.status.sites;
    const hostile = metricsText({
      ...facts,
      listing: { ...facts.listing, sequences: [] },
      status: { ...facts.status, sites: [{ ...site!, site: 'a"} 1\nb\\' }] },
    });
    expect(hostile).not.toContain('seqmirror_last_seal_timestamp_seconds');
    expect(hostile).toContain('site="a\\"} 1\\nb\\\\"');
  });
});
