/** A benchmark and its results. Bars are judged in the report and never fail a test. */
import type { Program } from '../../testing/lab/requirements';
import type { Measured } from './measured';
import { medianOf, quantity, spreadOf } from './measured';
import type { Product } from './product';
import type { Workbench } from './workbench';

export interface Benchmark {
  /** As typed: `npm run bench -- engine`. */
  readonly name: string;
  readonly title: string;
  /** Without these the whole benchmark is skipped. */
  readonly needs: readonly Program[];
  run(setting: BenchSetting): Promise<BenchResult>;
}

export interface BenchSetting {
  readonly bench: Workbench;
  /** The package as it is published: compiled, without its sources. */
  readonly product: Product;
  /** Scale of the sizes that the bars are for; 1 is those sizes. */
  readonly scale: number;
  /** How often each side is run. */
  readonly runs: number;
  /** Says what is being done, for people who wait. */
  say(text: string): void;
}

export interface BenchResult {
  readonly rows: readonly Row[];
  /** How it was measured, and what to know before comparing. */
  readonly notes: readonly string[];
  /** Parts that could not run, each with the reason. */
  readonly skipped: readonly string[];
}

export interface Row {
  readonly what: string;
  readonly ours: Measured;
  /** What one would run instead, by name. */
  readonly theirs?: { readonly name: string; readonly value: Measured };
  /** What the machine allows, by how it was measured in the same run. */
  readonly floor?: { readonly name: string; readonly value: Measured };
  readonly bar?: Bar;
  /** Ours divided by the floor, at most. */
  readonly floorBar?: number;
}

/**
 * The value that is compared with the bar: ours / theirs, ours - theirs, or ours alone, each by the medians; or our
 * worst run.
 */
export interface Bar {
  readonly of: 'ratio' | 'difference' | 'ours' | 'our worst';
  readonly atMost: number;
}

/** Ours divided by theirs, by their medians. */
export function ratioOf({ ours, theirs }: Row): number | undefined {
  return theirs === undefined ? undefined : medianOf(ours) / medianOf(theirs.value);
}

/** Ours divided by the floor, by their medians. */
export function floorRatioOf({ ours, floor }: Row): number | undefined {
  return floor === undefined ? undefined : medianOf(ours) / medianOf(floor.value);
}

/** `undefined` for a row without a bar. */
export function meetsBar(row: Row): boolean | undefined {
  const { bar, floorBar } = row;
  if (bar === undefined && floorBar === undefined) return undefined;
  const meetsOwn = bar === undefined || valueForBar(row, bar) <= bar.atMost;
  return meetsOwn && (floorBar === undefined || floorRatioFor(row) <= floorBar);
}

export function barText(row: Row): string {
  const parts = [
    ...(row.bar === undefined ? [] : [ownBarText(row, row.bar)]),
    ...(row.floorBar === undefined ? [] : [`<= ${row.floorBar}x floor`]),
  ];
  return parts.length === 0 ? '-' : parts.join(', ');
}

function ownBarText({ ours }: Row, bar: Bar): string {
  switch (bar.of) {
    case 'ratio':
      return `<= ${bar.atMost}x`;
    case 'difference':
      return `<= +${quantity(bar.atMost, ours.unit)}`;
    case 'ours':
      return `<= ${quantity(bar.atMost, ours.unit)}`;
    case 'our worst':
      return `<= ${quantity(bar.atMost, ours.unit)} in all runs`;
  }
}

function floorRatioFor(row: Row): number {
  const ratio = floorRatioOf(row);
  if (ratio === undefined) throw new TypeError(`${row.what} has no floor`);
  return ratio;
}

function valueForBar(row: Row, { of }: Bar): number {
  const ours = medianOf(row.ours);
  if (of === 'ours') return ours;
  if (of === 'our worst') return spreadOf(row.ours).max;
  if (row.theirs === undefined) throw new TypeError(`${row.what} has nothing to be compared with`);
  const theirs = medianOf(row.theirs.value);
  return of === 'ratio' ? ours / theirs : ours - theirs;
}
