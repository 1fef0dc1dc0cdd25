/** docs/bench.md and docs/bench.svg: what `npm run bench` measured, release by release, out of docs/bench/. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from 'semver';
import type { Row } from '../bench/benchmark';
import { barText } from '../bench/benchmark';
import { textOf } from '../bench/measured';
import { markdownTable } from './markdown-table';

/** What `npm run bench -- --json` prints, as far as it is shown. */
interface BenchDocument {
  readonly scale: number;
  readonly machine: {
    readonly processors: number;
    readonly model: string;
    readonly memoryBytes: number;
    readonly node: string;
    readonly shaInstructions: 'used' | 'left out' | 'none';
    readonly loadBefore: number;
  };
  readonly benchmarks: readonly {
    readonly name: string;
    readonly title: string;
    readonly rows?: readonly JudgedRow[];
    readonly notes?: readonly string[];
  }[];
}

type JudgedRow = Row & {
  readonly ratio: number | null;
  readonly floorRatio: number | null;
  readonly met: boolean | null;
};

interface Release {
  readonly version: string;
  readonly document: BenchDocument;
}

/** Releases with a file in docs/bench/, the oldest first. */
async function releasesIn(root: string): Promise<Release[]> {
  const folder = join(root, 'docs/bench');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const releases = names.map(async (name) => ({
    version: name.slice(0, -'.json'.length),
    document: JSON.parse(await readFile(join(folder, name), 'utf8')) as BenchDocument,
  }));
  return (await Promise.all(releases)).sort((a, b) => compare(a.version, b.version));
}

export async function benchFiles(root: string): Promise<{ readonly page: string; readonly chart: string }> {
  const releases = await releasesIn(root);
  const last = releases.at(-1);
  if (last === undefined) throw new Error('docs/bench/ has no file');
  return { page: pageOf(last, releases), chart: chartOf(last, releases) };
}

function pageOf({ version, document }: Release, releases: readonly Release[]): string {
  const { machine, scale, benchmarks } = document;
  const sha = {
    used: 'used',
    'left out': 'available, but OpenSSL did not use them, because oc-mirror does not use OpenSSL',
    none: 'not available',
  }[machine.shaInstructions];
  return [
    '# Benchmarks',
    '',
    'This page shows the results of `npm run bench`. Each table compares seqmirror (ours) with two things, measured in the same run:',
    '',
    '- the peer: the program that you would use without seqmirror;',
    '- the floor: the shortest time that this machine allows, measured with curl, openssl or cp.',
    '',
    'Each ratio is the value of seqmirror divided by the value of the peer or of the floor. A ratio to the peer below 1 means that seqmirror',
    'is better than the peer. A ratio to the floor is 1 at best. The column "Bar" shows the limit that the project has set for the row, and',
    'the column "Met" says whether seqmirror keeps the limit. Compare only values of one run, because other machines have other times.',
    '`npm run docs` makes this page.',
    '',
    '![For each row, the ratio of seqmirror to the peer and to the floor](bench.svg)',
    '',
    `## ${version}`,
    '',
    `Machine: ${machine.processors} processors (${machine.model}), ${(machine.memoryBytes / 1e9).toFixed(0)} GB of memory, Node ${machine.node}.`,
    `SHA instructions of the processor: ${sha}. Load average before the run: ${machine.loadBefore.toFixed(1)}.`,
    ...(scale === 1 ? [] : [`The test data had ${scale} times the full size. Titles and bars refer to the full size.`]),
    ...(machine.loadBefore > machine.processors / 2
      ? ['The machine also ran other programs, so times and ratios of times vary.']
      : []),
    ...benchmarks.flatMap(({ name, title, rows = [], notes = [] }) => [
      '',
      `### ${name}`,
      '',
      `${title[0]?.toUpperCase()}${title.slice(1)}.`,
      '',
      markdownTable(['', 'Ours', 'Peer', 'Ratio', 'Floor', 'Ratio', 'Bar', 'Met'], rows.map(cellsOf)),
      '',
      ...notes.map((note) => `- ${note}`),
    ]),
    '',
    ...(releases.length < 2 ? [] : ['## By release', '', historyOf(releases), '']),
  ].join('\n');
}

function cellsOf(row: JudgedRow): string[] {
  const { what, ours, theirs, floor, ratio, floorRatio, met } = row;
  return [
    what,
    textOf(ours),
    theirs === undefined ? '' : `${textOf(theirs.value)} ${theirs.name}`,
    factor(ratio),
    floor === undefined ? '' : `${textOf(floor.value)} ${floor.name}`,
    factor(floorRatio),
    barText(row) === '-' ? '' : barText(row).replaceAll('<=', '≤'),
    met === null ? '' : met ? 'yes' : '**no**',
  ];
}

function historyOf(releases: readonly Release[]): string {
  const keys = [...new Set(releases.flatMap(comparedIn).map(({ key }) => key))];
  const columns = releases.map((release) => new Map(comparedIn(release).map((row) => [row.key, row])));
  const cells = keys.map((key) => [
    key,
    ...columns.map((rows) =>
      [factor(rows.get(key)?.ratio), factor(rows.get(key)?.floorRatio)].filter(Boolean).join(', floor '),
    ),
  ]);
  return markdownTable(['', ...releases.map(({ version }) => version)], cells);
}

interface Compared {
  readonly key: string;
  readonly ratio: number | null;
  readonly floorRatio: number | null;
}

/** Rows of times that are compared with something. */
function comparedIn({ document }: Release): Compared[] {
  return document.benchmarks.flatMap(({ name, rows = [] }) =>
    rows
      .filter(({ ours, ratio, floorRatio }) => ours.unit === 'seconds' && (ratio !== null || floorRatio !== null))
      .map(({ what, ratio, floorRatio, theirs }) => ({
        key: `${name}: ${what}${theirs === undefined ? '' : ` (${theirs.name})`}`,
        ratio,
        floorRatio,
      })),
  );
}

function factor(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : `${value.toFixed(2)}×`;
}

const width = 980;
const left = 420;
const rowHeight = 44;
const top = 70;
const [least, most] = [0.125, 16];

const style = `
  text { font: 13px system-ui, 'Segoe UI', 'Liberation Sans', sans-serif; fill: #1f2328; }
  .what { text-anchor: end; }
  .scale { text-anchor: middle; fill: #59636e; }
  .line { stroke: #818b98; stroke-opacity: 0.4; }
  .one { stroke: #59636e; stroke-width: 1.5; }
  .peer { fill: #0969da; }
  .floor { fill: #bc4c00; }
  .before { fill-opacity: 0.35; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .scale { fill: #9ea7b3; }
    .one { stroke: #9ea7b3; }
    .peer { fill: #58a6ff; }
    .floor { fill: #f0883e; }
  }`;

/** Bars from 1 to the ratio on a scale of powers of two; dots for earlier releases. Colours follow the page. */
function chartOf(last: Release, releases: readonly Release[]): string {
  const rows = comparedIn(last);
  const before = releases.slice(0, -1).map((release) => new Map(comparedIn(release).map((row) => [row.key, row])));
  const height = top + rows.length * rowHeight + 20;
  const bar = (kind: 'peer' | 'floor', row: Compared, y: number): string[] => {
    const of = ({ ratio, floorRatio }: Compared): number | null => (kind === 'peer' ? ratio : floorRatio);
    const value = of(row);
    if (value === null) return [];
    const [from, to] = [xOf(1), xOf(value)].sort((a, b) => a - b) as [number, number];
    const label = value < 1 ? from - 44 : to + 6;
    const dots = before.flatMap((known) => {
      const old = known.get(row.key);
      const oldValue = old === undefined ? null : of(old);
      return oldValue === null
        ? []
        : [`<circle class="${kind} before" cx="${xOf(oldValue).toFixed(1)}" cy="${y + 7}" r="4"/>`];
    });
    return [
      `<rect class="${kind}" x="${from.toFixed(1)}" y="${y}" width="${Math.max(2, to - from).toFixed(1)}" height="14"/>`,
      `<text x="${label.toFixed(1)}" y="${y + 12}">${factor(value)}</text>`,
      ...dots,
    ];
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>seqmirror ${last.version}: times divided by those of the peer and of the floor</title>`,
    `<style>${style}\n</style>`,
    `<rect class="peer" x="${left}" y="12" width="14" height="14"/><text x="${left + 20}" y="24">ours / peer</text>`,
    `<rect class="floor" x="${left + 130}" y="12" width="14" height="14"/><text x="${left + 150}" y="24">ours / floor</text>`,
    ...powers().flatMap((power) => [
      `<line class="${power === 1 ? 'one' : 'line'}" x1="${xOf(power)}" x2="${xOf(power)}" y1="${top - 12}" y2="${height - 12}"/>`,
      `<text class="scale" x="${xOf(power)}" y="${top - 18}">${power}×</text>`,
    ]),
    ...rows.flatMap((row, number) => {
      const y = top + number * rowHeight;
      return [
        `<text class="what" x="${left - 14}" y="${y + 20}">${escaped(row.key)}</text>`,
        ...bar('peer', row, y + 1),
        ...bar('floor', row, y + 18),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function powers(): number[] {
  const all: number[] = [];
  for (let power = least; power <= most; power *= 2) all.push(power);
  return all;
}

function xOf(ratio: number): number {
  const inside = Math.min(most, Math.max(least, ratio));
  const share = Math.log2(inside / least) / Math.log2(most / least);
  return Math.round(left + share * (width - left - 60));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
