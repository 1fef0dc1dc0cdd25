/** What a report says in words, on a page and in Markdown alike. */
import type { MirrorReport, ReportedCustody, ReportedSequence, ReportedSite, ReportedTransfer } from './mirror-report';
import type { RecordedSignature } from '../reporting/recorded-signatures';

export const notRecorded = 'not recorded';

/** What the reader has to know of the report itself. */
export const reportIsFromRecords =
  'This report repeats what the records in the repository say. seqmirror checked that the records of each sequence are as they were sealed. For this report, it read no archive, asked no registry and checked no signature.';

export function proveCommand({ mirror }: Pick<MirrorReport, 'mirror'>): string {
  return `nx run ${mirror}:validate`;
}

/** `differential, needs seq1 and seq3` */
export function typeInWords({ type, needs }: Pick<ReportedSequence, 'type' | 'needs'>): string {
  return type === 'baseline' ? 'baseline, needs no other sequence' : `differential, needs ${listed(needs)}`;
}

/** `3 images added, 1 updated, 1 removed` */
export function changesInWords({ news: { images } }: Pick<ReportedSequence, 'news'>): string {
  const parts = [
    [images.added.length, 'added'],
    [images.updated.length, 'updated'],
    [images.removed.length, 'removed'],
  ] as const;
  const [first, ...others] = parts.filter(([count]) => count > 0);
  if (first === undefined) return 'no image changed';
  return [`${counted(first[0], 'image')} ${first[1]}`, ...others.map(([count, how]) => `${count} ${how}`)].join(', ');
}

export interface NewsList {
  readonly title: string;
  readonly items: readonly string[];
}

/** Lists of what is new, each cut to a length that can be read. */
export function newsLists({ news }: Pick<ReportedSequence, 'news'>): NewsList[] {
  const { releases, heads, images } = news;
  const lists: NewsList[] = [
    { title: 'Releases added', items: releases.added },
    { title: 'Releases removed', items: releases.dropped },
    {
      title: 'Operators with a new version',
      items: heads.map((head) => `${head.package} (${head.channel}) ${head.from} → ${head.to}`),
    },
    { title: 'Images added', items: images.added },
    { title: 'Images updated', items: images.updated },
    { title: 'Images removed', items: images.removed },
  ];
  return lists
    .filter(({ items }) => items.length > 0)
    .map(({ title, items }) => ({ title, items: cut(items.map(withShortDigest)) }));
}

function withShortDigest(source: string): string {
  return source.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}

const longestList = 20;

function cut(items: readonly string[]): readonly string[] {
  if (items.length <= longestList) return items;
  return [...items.slice(0, longestList), `and ${items.length - longestList} more; report.json lists all`];
}

export const confidenceInWords = {
  proven: 'proven: the site signed its receipt, or its registry answered',
  attested: 'attested: by a receipt without a signature, or a code',
  assumed: 'assumed: it was sent over a diode, and no receipt can come back',
} as const;

/** `2 sequences, 1.5 MiB` */
export function lagInWords({ lag }: Pick<ReportedSite, 'lag'>, bytesInWords: (bytes: number) => string): string {
  return lag.sequences === 0 ? 'nothing' : `${counted(lag.sequences, 'sequence')}, ${bytesInWords(lag.bytes)}`;
}

export function custodyInWords(custody: ReportedCustody | undefined): string {
  if (custody === undefined) return notRecorded;
  if (custody.state === 'lost') return 'lost: nobody has these archives';
  if (custody.state === 'retired') return 'retired: the archives were given up on purpose';
  return 'held';
}

export function copyInWords({ where, verified }: ReportedCustody['copies'][number]): string {
  return `${where}, ${verified === undefined ? 'check not recorded' : `every byte checked on ${verified}`}`;
}

export function signatureInWords({ file, key, name }: RecordedSignature): string {
  if (key === undefined) return `${file}: key ${notRecorded}`;
  return `${file}: ${name ?? `a key that the file of signers does not name`}, key ${key}`;
}

/** `embedded 0.1.0` */
export function engineInWords({ provenance: { engine, engineVersion } }: Pick<ReportedSequence, 'provenance'>): string {
  return engineVersion.startsWith(engine) ? engineVersion : `${engine} ${engineVersion}`;
}

export const stateInWords = { sent: 'on its way', acknowledged: 'acknowledged', lost: 'lost' } as const;

export const kindInWords = {
  baseline: 'baseline: all blobs of the sequence',
  cumulative: 'cumulative: the archives of all sequences up to this sequence',
  individual: 'individual: the archives of this sequence',
  site: 'site: the blobs that the sites lacked',
} as const satisfies Readonly<Record<ReportedTransfer['kind'], string>>;

/** `seq1, and seq3 or seq4` */
export function needsInWords({ needs }: Pick<ReportedTransfer, 'needs'>): string {
  const known = needs.filter((need) => need.length > 0);
  if (known.length === 0) return 'nothing: a new site can upload it';
  return listed(known.map((need) => need.map((number) => `seq${number}`).join(' or ')));
}

/** `seq1, seq2 and seq3` */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 image`, `3 images` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `62 %` */
export function percentOf(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.floor((part / whole) * 100)} %`;
}
