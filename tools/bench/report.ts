/** Results for people: one table per benchmark, with how it was measured below it. */
import { barText, floorRatioOf, meetsBar, ratioOf } from './benchmark';
import type { Benchmark, BenchResult, Row } from './benchmark';
import { textOf } from './measured';

export type Outcome =
  | { readonly benchmark: Benchmark; readonly kind: 'measured'; readonly result: BenchResult }
  | { readonly benchmark: Benchmark; readonly kind: 'skipped'; readonly why: string }
  | { readonly benchmark: Benchmark; readonly kind: 'failed'; readonly why: string };

const heading = ['', 'OURS', 'PEER', 'RATIO', 'FLOOR', 'RATIO', 'BAR', 'MET'];

export function renderOutcome(outcome: Outcome): string {
  const { name, title } = outcome.benchmark;
  const head = `${name}: ${title}`;
  if (outcome.kind === 'skipped') return `${head}\n  skipped: ${outcome.why}`;
  if (outcome.kind === 'failed') return `${head}\n  failed: ${outcome.why}`;
  const { rows, notes, skipped } = outcome.result;
  return [
    head,
    ...(rows.length === 0 ? [] : table([heading, ...rows.map(cellsOf)])),
    ...skipped.map((text) => `  skipped: ${text}`),
    ...notes.map((text) => `  note: ${text}`),
  ].join('\n');
}

/** What `--json` prints of one benchmark: every run, so that others can judge by other measures. */
export function jsonOf(outcome: Outcome): object {
  const { name, title } = outcome.benchmark;
  if (outcome.kind !== 'measured') return { name, title, outcome: outcome.kind, why: outcome.why };
  const { rows, notes, skipped } = outcome.result;
  return {
    name,
    title,
    outcome: outcome.kind,
    rows: rows.map((row) => ({
      ...row,
      ratio: ratioOf(row) ?? null,
      floorRatio: floorRatioOf(row) ?? null,
      met: meetsBar(row) ?? null,
    })),
    skipped,
    notes,
  };
}

function cellsOf(row: Row): string[] {
  const { what, ours, theirs, floor } = row;
  const [ratio, floorRatio] = [ratioOf(row), floorRatioOf(row)];
  const met = meetsBar(row);
  return [
    what,
    textOf(ours),
    theirs === undefined ? '-' : `${textOf(theirs.value)} ${theirs.name}`,
    ratio === undefined ? '-' : `${ratio.toFixed(2)}x`,
    floor === undefined ? '-' : `${textOf(floor.value)} ${floor.name}`,
    floorRatio === undefined ? '-' : `${floorRatio.toFixed(2)}x`,
    barText(row),
    met === undefined ? '-' : met ? 'yes' : 'NO',
  ];
}

function table(lines: readonly (readonly string[])[]): string[] {
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
