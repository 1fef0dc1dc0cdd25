import type { z } from 'zod';
import { didYouMean } from '../system/did-you-mean';
import { printable } from '../system/printable';
import { keysAt } from './known-keys';

/** An error of a schema, in words, with the path of its value or key. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  /** Whether the key at the path is wrong, or its value. */
  readonly concerns: 'key' | 'value';
  readonly what: string;
  readonly next?: string | undefined;
}

/** Renders the issues of a zod schema; `value` is what was parsed. Each unknown key is an issue of its own. */
export function issuesInWords(issues: readonly z.core.$ZodIssue[], value: unknown, schema: z.ZodType): SchemaIssue[] {
  return issues.flatMap((issue): SchemaIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      const keys = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        concerns: 'key',
        what: `\`${printable(key, { limit: 60 })}\` is not a key ${issue.path.length === 0 ? 'of this file' : `of ${placeOf(issue.path)}`}`,
        next: adviceOn(key, keys),
      }));
    }
    return [
      {
        path: issue.path,
        concerns: 'value',
        what: `${placeOf(issue.path)} ${verdictOn(issue, valueAt(value, issue.path))}`,
      },
    ];
  });
}

function verdictOn(issue: z.core.$ZodIssue, found: unknown): string {
  if (found === undefined) return 'is missing';
  const seen = typeof found === 'string' ? `"${printable(found, { limit: 60 })}"` : nameOf(found);
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, but is ${seen}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}, but is ${seen}`;
    case 'too_big':
      return `must be at most ${issue.maximum}, but is ${seen}`;
    case 'too_small':
      return `must be at least ${issue.minimum}, but is ${seen}`;
    default:
      return `${issue.message}, but is ${seen}`;
  }
}

function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'this';
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return `\`${printable(text.replace(/^\./, ''), { limit: 120 })}\``;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}

function adviceOn(key: string, known: readonly string[]): string | undefined {
  const meant = didYouMean(key, known);
  if (meant !== undefined) return `If you mean \`${meant}\`, write \`${meant}\``;
  return known.length === 0 ? undefined : `Use one of these keys: ${known.join(', ')}`;
}

function nameOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : String(value);
}

const article = (type: string): string =>
  ({
    object: 'a map',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
  })[type] ?? type;
