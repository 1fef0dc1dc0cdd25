import { z } from 'zod';
import { didYouMean } from '../system/did-you-mean';
import type { Finding } from '../system/errors';
import { bare, keysAt, memberOf } from '../yaml/known-keys';
import { placeAt } from '../yaml/placed-value';
import type { Positions } from '../yaml/positions';
import { carriesCredentials, shown } from './credentials';
import type { VersionWritten } from './errors';
import {
  apiVersionOfVersion1,
  deleteBesideMirror,
  keyMissing,
  keyOfVersion1,
  keyUnknown,
  kindOther,
  valueOfOtherType,
} from './errors';
import { ImageSetConfiguration, largestArchiveSize } from './schema';
import { successorOf } from './version1-keys';

type Issue = z.core.$ZodIssue;

/** The configuration in a plain value, or everything that is wrong with its shape. */
export function readShape(
  written: unknown,
  positions: Positions,
): { config?: ImageSetConfiguration | undefined; findings: readonly Finding[] } {
  const value = withoutEmptyKeys(written, ImageSetConfiguration);
  const { success, data, error } = ImageSetConfiguration.safeParse(value);
  if (success) return { config: data, findings: [] };
  // A file of another kind is not meant to be a configuration, so its other errors don't matter.
  const kind = error.issues.filter(({ path }) => path[0] === 'kind');
  const issues = kind.length > 0 ? kind : firstOfEachValue(error.issues);
  const findings = issues.flatMap((issue) => findingsOf(issue, value, positions));
  const fileSays = version1In(value, positions);
  const isOfVersion1 = fileSays !== undefined && findings.some(({ code }) => code === 'SEQ0105');
  return { findings: isOfVersion1 ? [apiVersionOfVersion1(fileSays), ...findings] : findings };
}

/** The configuration in a value without keys that have no value; `undefined` if anything is wrong with its shape. */
export function plainShape(value: unknown): ImageSetConfiguration | undefined {
  return ImageSetConfiguration.safeParse(value).data;
}

/** The apiVersion of a file that was written for oc-mirror v1: v1alpha1, v1alpha2, v1beta1 or v1. */
function version1In(value: unknown, positions: Positions): VersionWritten | undefined {
  const apiVersion = valueAt(value, ['apiVersion']);
  if (typeof apiVersion !== 'string' || !/\/v1(?:(?:alpha|beta)\d+)?$/.test(apiVersion)) return undefined;
  return { at: positions.at(['apiVersion']), apiVersion };
}

// A number that is too large is not safe either; one of the two issues is enough.
function firstOfEachValue(issues: readonly Issue[]): readonly Issue[] {
  const seen = new Set<string>();
  return issues.filter(({ code, path }) => {
    const value = JSON.stringify([code === 'unrecognized_keys', ...path]);
    return !seen.has(value) && seen.add(value);
  });
}

function findingsOf(issue: Issue, root: unknown, positions: Positions): Finding[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], root, positions));
  const value = valueAt(root, path);
  if (path.length === 1 && path[0] === 'kind') return [kindOther({ at: positions.at(path), kind: value })];
  const key = path.at(-1);
  if (value === undefined && typeof key === 'string') {
    return [keyMissing({ at: positions.at(path), key, of: capitalised(nounOf(path.slice(0, -1))) })];
  }
  return [
    valueOfOtherType({
      at: positions.at(path),
      of: typeof key === 'string' ? `\`${key}\`` : capitalised(nounOf(path)),
      expected: expectedBy(issue),
      found: nameOfValue(value),
      written: typeof value === 'string' ? undefined : placeAt(positions.place, path).written,
    }),
  ];
}

function unknownKey(path: readonly PropertyKey[], root: unknown, positions: Positions): Finding {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const at = positions.atKey(path);
  if (path.length === 1 && key === 'delete') return deleteBesideMirror({ at });
  const next = successorOf(key, nounOf(parent));
  if (next !== undefined) return keyOfVersion1({ at, key, next, fileSays: version1In(root, positions) });
  const known = keysAt(ImageSetConfiguration, parent);
  return keyUnknown({ at, key, of: nounOf(parent), known, meant: didYouMean(key, known), place: placeOfKey(key) });
}

const nouns: Readonly<Record<string, string>> = {
  '': 'an imageset configuration',
  mirror: '`mirror`',
  'mirror.platform': '`platform`',
  'mirror.platform.channels': 'a release channel',
  'mirror.operators': 'a catalog',
  'mirror.operators.packages': 'a package',
  'mirror.operators.packages.channels': 'a channel of a package',
  'mirror.additionalImages': 'an additional image',
  'mirror.helm': '`helm`',
  'mirror.helm.repositories': 'a helm repository',
  'mirror.helm.repositories.charts': 'a chart',
  'mirror.helm.local': 'a local chart',
  'mirror.blockedImages': 'a blocked image',
  'mirror.samples': 'a sample',
};

function nounOf(path: readonly PropertyKey[]): string {
  const keys = path.filter((key) => typeof key === 'string');
  return nouns[keys.join('.')] ?? (keys.at(-1) === 'platforms' ? 'a platform' : `an entry of \`${keys.at(-1) ?? ''}\``);
}

/** Where a misplaced key belongs: the place nearest to the top, unless two are equally near. */
function placeOfKey(key: string): string | undefined {
  const meant = didYouMean(key, [...new Set(places.map((place) => place.key))]);
  const [first, second] = places.filter((place) => place.key === meant).sort((a, b) => a.depth - b.depth);
  return first === undefined || first.depth === second?.depth ? undefined : first.path;
}

interface KeyPlace {
  readonly key: string;
  readonly path: string;
  readonly depth: number;
}

const places = placesIn(ImageSetConfiguration, '', 0);

function placesIn(schema: unknown, above: string, depth: number): KeyPlace[] {
  if (schema instanceof z.ZodArray) return placesIn(bare(schema.element), `${above}[]`, depth);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.keys(schema.shape).flatMap((key) => {
    const path = above === '' ? key : `${above}.${key}`;
    return [{ key, path, depth }, ...placesIn(memberOf(schema, key), path, depth + 1)];
  });
}

// oc-mirror takes a known key without a value (`packages:`) for absent; an unknown one is refused anyway.
function withoutEmptyKeys(value: unknown, schema: unknown): unknown {
  if (Array.isArray(value)) {
    const element = schema instanceof z.ZodArray ? bare(schema.element) : undefined;
    return value.map((entry) => withoutEmptyKeys(entry, element));
  }
  if (typeof value !== 'object' || value === null || !(schema instanceof z.ZodObject)) return value;
  const entries = Object.entries(value).filter(([key, entry]) => entry !== null || memberOf(schema, key) === undefined);
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutEmptyKeys(entry, memberOf(schema, key))]));
}

function expectedBy(issue: Issue): string {
  if (issue.code === 'too_big') return `at most ${largestArchiveSize}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'a text that is not empty';
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected;
  return 'a whole number';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  number: 'a whole number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map of keys and values',
};

function nameOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys and values';
  if (typeof value === 'string') return carriesCredentials(value) ? 'a text' : `the text ${shown(value)}`;
  return typeof value === 'boolean' ? String(value) : `the number ${value as number}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
