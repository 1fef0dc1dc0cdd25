/** Values that were measured several times, because one run says little on a busy machine. */

export type Unit = 'seconds' | 'bytes' | 'factor' | 'count';

export interface Measured {
  readonly unit: Unit;
  /** One value per run, in order. */
  readonly runs: readonly number[];
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws RangeError when nothing was measured */
export function spreadOf({ runs }: Measured): Spread {
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('nothing was measured');
  return { min: sorted[0] as number, median: (low + high) / 2, max: sorted.at(-1) as number };
}

export function medianOf(measured: Measured): number {
  return spreadOf(measured).median;
}

export function measured(unit: Unit, runs: readonly number[]): Measured {
  return { unit, runs };
}

/** `12.3 s (11.9-14.0)`; a single run, or runs that agree, have no range. */
export function textOf(value: Measured): string {
  const { min, median, max } = spreadOf(value);
  const text = quantity(median, value.unit);
  const [low, high] = [quantity(min, value.unit), quantity(max, value.unit)];
  return low === high ? text : `${text} (${low}-${high})`;
}

/** Sizes are decimal here, as the bars are: 200 MB are 200,000,000 bytes. */
export function quantity(value: number, unit: Unit): string {
  switch (unit) {
    case 'seconds':
      return Math.abs(value) < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
    case 'bytes':
      return value >= 1e9 ? `${(value / 1e9).toFixed(2)} GB` : `${(value / 1e6).toFixed(1)} MB`;
    case 'factor':
      return `${value.toFixed(3)}x`;
    case 'count':
      return String(value);
  }
}
