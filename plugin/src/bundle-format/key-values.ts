/** Lines `key=value` without quoting, as in bundle.env and bundle-statement.env, and what they may contain. */
import { z } from 'zod';
import { appendTo } from '../system/append-to';

/** A name that needs no quoting anywhere and is not a path: of a mirror, a transfer, a file beside bundle.env. */
export const bundleFileName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, 'letters, digits, dots, hyphens and underscores, at most 100');

/** The values of each key, in order, or the first line without a key. */
export function readKeyValues(lines: readonly string[]): {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly wrong?: string;
} {
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at < 1) return { values, wrong: line };
    appendTo(values, line.slice(0, at), line.slice(at + 1));
  }
  return { values };
}

/** A line; `undefined` if the text has no such line. */
export type KeyValue = readonly [key: string, value: string | number | undefined];

export function renderKeyValues(lines: readonly KeyValue[]): string {
  return lines.map(([key, value]) => (value === undefined ? '' : `${key}=${value}\n`)).join('');
}

/** Anything but plain digits becomes NaN, which no schema takes. */
export function decimalIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
