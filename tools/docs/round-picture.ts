/** docs/round.svg: the whole round on one picture, for light and dark pages. */

interface Box {
  readonly x: number;
  readonly y: number;
  readonly title: string;
  readonly command: string;
  readonly note: string;
  /** Whether the step is not one of ours. */
  readonly isOutside?: boolean;
}

const width = 980;
const height = 400;
const box = { width: 190, height: 92 };
const columns = { first: 20, second: 250, third: 480, there: 770 };
const rows = { upper: 70, lower: 270 };

const boxes: readonly Box[] = [
  {
    x: columns.first,
    y: rows.upper,
    title: '1 Describe',
    command: 'imageset-config.yaml',
    note: 'intent, kept in Git',
  },
  {
    x: columns.second,
    y: rows.upper,
    title: '2 Mirror and seal',
    command: 'nx run mirror:seq2',
    note: 'only new blobs',
  },
  { x: columns.third, y: rows.upper, title: '3 Bundle', command: '…:bundle --site=bravo', note: 'what the site lacks' },
  { x: columns.there, y: rows.upper, title: '4 Upload', command: './seq-upload.sh', note: 'checks, then uploads' },
  {
    x: columns.second,
    y: rows.lower,
    title: 'Upstream',
    command: 'public registries',
    note: 'releases, operators',
    isOutside: true,
  },
  { x: columns.third, y: rows.lower, title: '6 Acknowledge', command: '…:acknowledge', note: 'updates the ledger' },
  { x: columns.there, y: rows.lower, title: '5 Use', command: 'oc apply', note: 'clusters pull images' },
];

const middle = { x: box.width / 2, y: box.height / 2 };
const upperMiddle = rows.upper + middle.y;
const gap = { from: 690, to: 750 };

/** Lines with an arrow at their end: `M x y L x y`, or `H` and `V` for level and upright parts. */
const arrows: readonly string[] = [
  `M${columns.first + box.width} ${upperMiddle}H${columns.second - 8}`,
  `M${columns.second + box.width} ${upperMiddle}H${columns.third - 8}`,
  `M${columns.third + box.width} ${upperMiddle}H${columns.there - 8}`,
  `M${columns.second + middle.x} ${rows.lower}V${rows.upper + box.height + 8}`,
  `M${columns.there + middle.x} ${rows.upper + box.height}V${rows.lower - 8}`,
  `M${columns.there + 40} ${rows.upper + box.height}V${(rows.upper + box.height + rows.lower) / 2}H${columns.third + box.width - 40}V${rows.lower - 8}`,
  `M${columns.third + 60} ${rows.lower}V${rows.upper + box.height + 8}`,
];

const labels: readonly (readonly [x: number, y: number, text: string])[] = [
  [(gap.from + gap.to) / 2, upperMiddle - 10, 'disk'],
  [(gap.from + gap.to) / 2, (rows.upper + box.height + rows.lower) / 2 - 8, 'receipt'],
];

const style = `
  text { font: 14px system-ui, 'Segoe UI', 'Liberation Sans', sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .command { font: 13px ui-monospace, 'Liberation Mono', monospace; fill: #0550ae; }
  .note, .label { fill: #59636e; }
  .label { text-anchor: middle; }
  .side { font-weight: 600; text-anchor: middle; fill: #59636e; }
  rect { fill: #ffffff; stroke: #59636e; stroke-width: 1.5; }
  .outside { stroke-dasharray: 5 4; }
  .gap { fill: #818b98; fill-opacity: 0.18; stroke: none; }
  .arrow { fill: none; stroke: #59636e; stroke-width: 1.5; }
  .tip { fill: #59636e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .command { fill: #79c0ff; }
    .note, .label, .side { fill: #9ea7b3; }
    rect { fill: #161b22; stroke: #9ea7b3; }
    .gap { fill: #9ea7b3; stroke: none; }
    .arrow { stroke: #9ea7b3; }
    .tip { fill: #9ea7b3; }
  }`;

/** The text of the SVG. Its colours follow the page, and its background is the page's. */
export function roundPicture(): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>The round: describe, mirror and seal, bundle, carry, upload, use, and acknowledge the receipt</title>',
    `<style>${style}\n</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
    '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="gap" x="${gap.from}" y="44" width="${gap.to - gap.from}" height="${height - 60}"/>`,
    textAt('side', [(columns.first + columns.third + box.width) / 2, 30, 'Connected: your monorepo']),
    textAt('side', [(gap.from + gap.to) / 2, 30, 'air gap']),
    textAt('side', [columns.there + middle.x, 30, 'Disconnected: site bravo']),
    ...arrows.map((path) => `<path class="arrow" d="${path}" marker-end="url(#tip)"/>`),
    ...boxes.map(boxAt),
    ...labels.map((label) => textAt('label', label)),
    '</svg>',
    '',
  ].join('\n');
}

function boxAt({ x, y, title, command, note, isOutside = false }: Box): string {
  const left = x + 12;
  return [
    `<rect${isOutside ? ' class="outside"' : ''} x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6"/>`,
    textAt('title', [left, y + 26, title]),
    textAt('command', [left, y + 52, command]),
    textAt('note', [left, y + 77, note]),
  ].join('\n');
}

function textAt(className: string, [x, y, text]: readonly [x: number, y: number, text: string]): string {
  return `<text class="${className}" x="${x}" y="${y}">${text}</text>`;
}
