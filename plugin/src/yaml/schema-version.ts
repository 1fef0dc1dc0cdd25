import type { Explanation, Position } from '../system/errors';
import { newerSchema } from './errors';

/** The value of `schema` in files of this release. */
export const recordSchema = 'seqmirror/v1';

const pattern = /^seqmirror\/v([1-9]\d{0,5})$/;

/**
 * Why a parsed file must not be read any further: its `schema` is newer than this seqmirror. Names the seqmirror that
 * wrote it, if the file does. `undefined` for v1, and for other values, which the schema check refuses.
 */
export function newerSchemaOf(value: unknown, at: Position): Explanation | undefined {
  const found = member(value, 'schema');
  const [, version] = typeof found === 'string' ? (pattern.exec(found) ?? []) : [];
  if (typeof found !== 'string' || version === undefined || Number(version) <= 1) return undefined;
  const writer = member(member(value, 'provenance'), 'seqmirror');
  return newerSchema({ found, known: recordSchema, writer: typeof writer === 'string' ? writer : undefined, at });
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
