/**
 * The metrics of a mirror, for Prometheus: `nx run mirror:metrics`. One row a metric; docs/grafana-dashboard.json and
 * docs/reference.md go by these rows.
 */
import type { SequenceListing } from '../../chain/list-sequences';
import type { OperationFacts } from '../../info/operation-facts';
import type { SitesStatus } from '../../sites/site-status';

export interface MirrorFacts extends OperationFacts {
  readonly listing: SequenceListing;
  readonly status: SitesStatus;
  /** When the facts were collected. */
  readonly at: Date;
}

export interface Metric {
  readonly name: string;
  /** One sentence, without a full stop, with its unit. */
  readonly help: string;
  readonly samplesOf: (facts: MirrorFacts) => readonly Sample[];
}

export interface Sample {
  /** Besides `mirror`, which every sample has. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const states = ['planned', 'mirroring', 'sealed', 'foreign', 'broken'] as const;

export const metrics: readonly Metric[] = [
  {
    name: 'seqmirror_collected_timestamp_seconds',
    help: 'When these metrics were collected, in seconds since 1970',
    samplesOf: ({ at }) => [{ value: seconds(at.toISOString()) }],
  },
  {
    name: 'seqmirror_sequences',
    help: 'Number of sequences in each state',
    samplesOf: ({ listing }) =>
      states.map((state) => ({
        labels: { state },
        value: listing.sequences.filter((sequence) => sequence.state === state).length,
      })),
  },
  {
    name: 'seqmirror_findings',
    help: 'Number of errors in the records of the chain and of its sites; should be 0',
    samplesOf: ({ listing, status }) => [
      {
        value:
          listing.findings.length +
          status.problems.length +
          listing.sequences.filter(({ state }) => state === 'broken').length,
      },
    ],
  },
  {
    name: 'seqmirror_last_seal_timestamp_seconds',
    help: 'When the last sequence was sealed, in seconds since 1970',
    samplesOf: ({ listing }) =>
      sealedIn(listing)
        .slice(-1)
        .map(({ sealed }) => ({ value: seconds(sealed.timestamp) })),
  },
  {
    name: 'seqmirror_sequence_sealed_timestamp_seconds',
    help: 'When each sequence was sealed, in seconds since 1970',
    samplesOf: perSequence(({ timestamp }) => seconds(timestamp)),
  },
  {
    name: 'seqmirror_sequence_archive_bytes',
    help: 'Bytes of the archives of each sequence',
    samplesOf: perSequence(({ bytes }) => bytes),
  },
  {
    name: 'seqmirror_sequence_images',
    help: 'Number of images of each sequence, without signatures',
    samplesOf: perSequence(({ images }) => images),
  },
  {
    name: 'seqmirror_chain_archive_bytes',
    help: 'Bytes of all archives of the chain',
    samplesOf: ({ listing }) => [{ value: listing.archiveBytes }],
  },
  {
    name: 'seqmirror_chain_saved_bytes',
    help: 'Bytes that differentials save, compared with complete archives of every sequence',
    samplesOf: ({ listing }) => [{ value: Math.max(0, listing.completeArchivesBytes - listing.archiveBytes) }],
  },
  {
    name: 'seqmirror_new_site_bytes',
    help: 'Bytes of the archives that a new, empty site needs',
    samplesOf: ({ listing }) =>
      sealedIn(listing)
        .slice(-1)
        .map(({ sealed }) => ({ value: sealed.cumulativeBytes })),
  },
  {
    name: 'seqmirror_run_seconds',
    help: 'Seconds that the last run of a sequence took on this machine; runs below 16 MiB are not recorded',
    samplesOf: ({ runs }) => perRun(runs, ({ milliseconds }) => milliseconds / 1000),
  },
  {
    name: 'seqmirror_run_bytes',
    help: 'Bytes of the archives that the last run of a sequence wrote',
    samplesOf: ({ runs }) => perRun(runs, ({ bytes }) => bytes),
  },
  {
    name: 'seqmirror_custody_copies',
    help: 'Number of recorded copies of the archives of each sequence',
    samplesOf: ({ custody }) =>
      custody.map(({ number, custody: its }) => ({ labels: label(number), value: its?.copies.length ?? 0 })),
  },
  {
    name: 'seqmirror_custody_lost',
    help: '1 for a sequence whose archives are lost, otherwise 0',
    samplesOf: ({ custody }) =>
      custody.map(({ number, custody: its }) => ({ labels: label(number), value: its?.state === 'lost' ? 1 : 0 })),
  },
  {
    name: 'seqmirror_custody_verified_timestamp_seconds',
    help: 'Day on which all bytes of any copy were last checked, in seconds since 1970',
    samplesOf: ({ custody }) =>
      custody.flatMap(({ number, custody: its }) => {
        const days = (its?.copies ?? []).flatMap(({ verified }) => verified ?? []).sort();
        const last = days.at(-1);
        return last === undefined ? [] : [{ labels: label(number), value: seconds(last) }];
      }),
  },
  {
    name: 'seqmirror_site_head',
    help: 'Number of the last sequence that each site has acknowledged; 0 if it has acknowledged none',
    samplesOf: perSite(({ head }) => head?.number ?? 0),
  },
  {
    name: 'seqmirror_site_lag_sequences',
    help: 'Number of sealed sequences that each site lacks',
    samplesOf: perSite(({ lag }) => lag.sequences),
  },
  {
    name: 'seqmirror_site_lag_bytes',
    help: 'Bytes of the blobs that each site lacks',
    samplesOf: perSite(({ lag }) => lag.bytes),
  },
  {
    name: 'seqmirror_site_acknowledged_timestamp_seconds',
    help: 'When each site last acknowledged a sequence, in seconds since 1970',
    samplesOf: ({ status }) =>
      status.sites.flatMap(({ site, head }) =>
        head === undefined ? [] : [{ labels: { site }, value: seconds(head.at) }],
      ),
  },
  {
    name: 'seqmirror_site_transfers_in_transit',
    help: 'Number of transfers that are on their way to each site',
    samplesOf: perSite(({ inTransit }) => inTransit.length),
  },
  {
    name: 'seqmirror_site_transfers_overdue',
    help: 'Number of transfers whose receipt is overdue',
    samplesOf: perSite(({ inTransit }) => inTransit.filter(({ overdue }) => overdue).length),
  },
];

/**
 * The text format of Prometheus, version 0.0.4: all metrics are gauges. A metric without samples is left out.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsText(facts: MirrorFacts): string {
  return metrics
    .flatMap(({ name, help, samplesOf }) => {
      const samples = samplesOf(facts);
      if (samples.length === 0) return [];
      const lines = samples.map(
        ({ labels, value }) => `${name}${labelsText({ mirror: facts.listing.mirror, ...labels })} ${value}\n`,
      );
      return [`# HELP ${name} ${help}\n# TYPE ${name} gauge\n`, ...lines];
    })
    .join('');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

type Sealed = NonNullable<SequenceListing['sequences'][number]['sealed']>;

function sealedIn({ sequences }: SequenceListing): { number: number; sealed: Sealed }[] {
  return sequences.flatMap(({ number, sealed }) => (sealed === undefined ? [] : [{ number, sealed }]));
}

function perSequence(valueOf: (sealed: Sealed) => number): Metric['samplesOf'] {
  return ({ listing }) =>
    sealedIn(listing).map(({ number, sealed }) => ({ labels: label(number), value: valueOf(sealed) }));
}

function perSite(valueOf: (site: SitesStatus['sites'][number]) => number): Metric['samplesOf'] {
  return ({ status }) => status.sites.map((site) => ({ labels: { site: site.site }, value: valueOf(site) }));
}

/** The last run of each sequence. */
function perRun(runs: MirrorFacts['runs'], valueOf: (run: MirrorFacts['runs'][number]) => number): Sample[] {
  const last = new Map(runs.map((run) => [run.number, run]));
  return [...last.values()].map((run) => ({
    labels: { ...label(run.number), engine: run.engine },
    value: valueOf(run),
  }));
}

function label(number: number): { sequence: string } {
  return { sequence: `seq${number}` };
}

/** @param at a date or a time as records have them */
function seconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}
