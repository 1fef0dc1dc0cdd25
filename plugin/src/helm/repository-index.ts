/** The index of a chart repository, `index.yaml`: its charts and their versions, as helm reads it (pkg/repo/index.go). */
import { valueOfJson } from '../system/json-text';
import { readGoValue } from '../yaml/go-value';
import { canonicalVersion, isVersionIn, newestFirst } from './chart-version';

export interface IndexedChart {
  /** Its name in the index. */
  readonly name: string;
  /** As written: `v1.2.0`. */
  readonly version: string;
  /** A chart that has only parts for other charts. */
  readonly isLibrary: boolean;
  /** Its address, relative to the repository or absolute. */
  readonly url: string;
  /** Hash of the packed chart in hex digits, if the index has it. */
  readonly sha256?: string | undefined;
}

export interface RepositoryIndex {
  /** Sorted by name; for each name the newest first. */
  readonly charts: readonly IndexedChart[];
}

export type IndexReading =
  | { readonly index: RepositoryIndex; readonly problem?: undefined }
  /** Why it is not one. */
  | { readonly index?: undefined; readonly problem: string };

/** Large repositories have 20 MB. */
export const indexByteLimit = 128 * 1024 ** 2;

/**
 * The charts of an index. Entries without a version or an address, which helm ignores, are left out.
 *
 * @param names the charts that are asked for, if not all: reading 20 MB of YAML takes many seconds
 */
export function readRepositoryIndex(content: Buffer, names?: ReadonlySet<string>): IndexReading {
  const text = content.toString('utf8');
  let value = /^\s*\{/.test(text) ? valueOfJson(text) : undefined;
  if (value === undefined) {
    const short = names === undefined ? text : entriesOnly(text, names);
    let reading = readGoValue(short, limits);
    // The part that was left out may have had an anchor.
    if (reading.refused !== undefined && short !== text) reading = readGoValue(text, limits);
    if (reading.refused !== undefined) {
      const line = text.slice(0, reading.offset).split('\n').length;
      return { problem: `Line ${line} of index.yaml cannot be read: ${reading.refused}` };
    }
    ({ value } = reading);
  }
  if (!isMap(value) || typeof value['apiVersion'] !== 'string' || value['apiVersion'] === '')
    return { problem: 'index.yaml is not an index of charts: it has no apiVersion' };
  const entries = isMap(value['entries']) ? value['entries'] : {};
  const charts = Object.keys(entries)
    .sort()
    .flatMap((name) => {
      const versions = entries[name];
      const known = Array.isArray(versions) ? versions.flatMap((version) => chartIn(name, version)) : [];
      return known.sort((a, b) => newestFirst(a.version, b.version));
    });
  return { index: { charts } };
}

const limits = { depth: 64, values: 20_000_000 };

/**
 * The text without charts of other names, if it has helm's layout: each name on its own line below `entries:`, indented
 * by two blanks. Any other text stays whole.
 */
function entriesOnly(text: string, names: ReadonlySet<string>): string {
  const kept: string[] = [];
  let inEntries = false;
  let keeps = true;
  for (const line of text.split('\n')) {
    if (/^[^\s#]/.test(line)) [inEntries, keeps] = [/^entries:\s*$/.test(line), true];
    else if (inEntries && /^ {1,2}[^\s#-]/.test(line)) {
      const name = /^ {2}(["']?)([\w.-]+)\1:\s*$/.exec(line)?.[2];
      if (name === undefined) return text;
      keeps = names.has(name);
    }
    if (keeps) kept.push(line);
  }
  return kept.join('\n');
}

/** @returns `undefined` if no chart matches; 'unreadable' if the version is neither a version nor a range */
export function chartOf(
  { charts }: RepositoryIndex,
  { name, version = '' }: { readonly name: string; readonly version?: string | undefined },
): IndexedChart | 'unreadable' | undefined {
  const versions = charts.filter((chart) => chart.name === name);
  const exact = version === '' ? undefined : versions.find((chart) => chart.version === version);
  if (exact !== undefined) return exact;
  if (isVersionIn('0.0.0', version) === undefined) return 'unreadable';
  return versions.find((chart) => isVersionIn(chart.version, version) === true);
}

/** The part of an index that disk-to-mirror reads if no charts are named: which charts exist. JSON is YAML too. */
export function indexOfMirrored(charts: readonly IndexedChart[]): Buffer {
  const entries: Record<string, { name: string; version: string; urls: string[] }[]> = {};
  for (const { name, version, url } of charts) (entries[name] ??= []).push({ name, version, urls: [url] });
  return Buffer.from(`${JSON.stringify({ apiVersion: 'v1', entries })}\n`);
}

function chartIn(name: string, value: unknown): IndexedChart[] {
  if (!isMap(value)) return [];
  const { version, type, urls, digest } = value;
  const url: unknown = Array.isArray(urls) ? urls[0] : undefined;
  if (typeof version !== 'string' || canonicalVersion(version) === undefined || typeof url !== 'string') return [];
  const sha256 = typeof digest === 'string' ? /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  return [{ name, version, isLibrary: type === 'library', url, sha256 }];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
