/**
 * Which files of a folder belong to a catalog: all except those that a .indexignore leaves out. Its lines mean what
 * lines of .gitignore mean to the library that operator-registry uses (go-git plumbing/format/gitignore). A later line
 * overrides an earlier one, and one in a deeper folder overrides one above.
 */
import { catalogFileUnreadable } from '../errors';
import type { CatalogFile } from './documents';
import { globMatches } from './glob';

const ignoreFile = '.indexignore';
const mostFiles = 100_000;
const ignoreBytes = 1024 * 1024;

interface IgnorePattern {
  /** The folder whose .indexignore has the line. */
  readonly folder: readonly string[];
  readonly parts: readonly string[];
  readonly takesBack: boolean;
  readonly foldersOnly: boolean;
}

/** The files to read, in the order in which operator-registry walks them. */
export async function filesOfCatalog(files: readonly CatalogFile[]): Promise<readonly CatalogFile[]> {
  if (files.length > mostFiles) {
    const why = `The catalog has ${files.length} files, but at most ${mostFiles} are allowed`;
    throw catalogFileUnreadable({ at: { file: '.' }, why });
  }
  const walked = files
    .map((file) => ({ file, parts: file.path.split('/') }))
    .toSorted((a, b) => compareParts(a.parts, b.parts));
  const patterns: IgnorePattern[] = [];
  for (const { file, parts } of walked)
    if (parts.at(-1) === ignoreFile) patterns.push(...(await patternsIn(file, parts.slice(0, -1))));
  return walked
    .filter(({ parts }) => parts.at(-1) !== ignoreFile && !isIgnored(parts, patterns))
    .map(({ file }) => file);
}

/** Whether the last line that matches a file leaves it out. */
function isIgnored(parts: readonly string[], patterns: readonly IgnorePattern[]): boolean {
  const last = patterns.findLast((pattern) => matches(pattern, parts));
  return last !== undefined && !last.takesBack;
}

async function patternsIn(file: CatalogFile, folder: readonly string[]): Promise<IgnorePattern[]> {
  if (file.bytes > ignoreBytes)
    throw catalogFileUnreadable({ at: { file: file.path }, why: `The file has more than ${ignoreBytes} bytes` });
  const pieces: Buffer[] = [];
  for await (const piece of file.pieces({ offset: 0, bytes: file.bytes })) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => patternOf(line, folder));
}

function patternOf(line: string, folder: readonly string[]): IgnorePattern {
  const takesBack = line.startsWith('!');
  const text = takesBack ? line.slice(1) : line;
  const foldersOnly = text.endsWith('/');
  return { folder, takesBack, foldersOnly, parts: (foldersOnly ? text.slice(0, -1) : text).split('/') };
}

function matches({ folder, parts, foldersOnly }: IgnorePattern, path: readonly string[]): boolean {
  if (path.length <= folder.length || folder.some((name, index) => path[index] !== name)) return false;
  const below = path.slice(folder.length);
  const [only] = parts;
  if (parts.length > 1 || only === undefined) return matchesPath(parts, below, foldersOnly);
  const found = below.findIndex((name) => globMatches(only, name) === true);
  return found !== -1 && !(foldersOnly && found === below.length - 1);
}

/**
 * Matches a line with slashes: each part stands for one name, starting at the folder, and `**` for any number of names.
 */
function matchesPath(parts: readonly string[], path: readonly string[], foldersOnly: boolean): boolean {
  let [matched, anywhere] = [false, false];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part === '') {
      anywhere = false;
      continue;
    }
    if (part === '**') {
      if (index === parts.length - 1) break;
      anywhere = true;
      continue;
    }
    if (part.includes('**') || at >= path.length) return false;
    if (!anywhere) {
      if (globMatches(part, path[at] as string) !== true) return false;
      [matched, at] = [true, at + 1];
      continue;
    }
    anywhere = false;
    while (at < path.length) {
      const match = globMatches(part, path[at] as string);
      at += 1;
      if (match === undefined) return false;
      matched = match || (matched && at < path.length);
      if (match) break;
    }
  }
  return matched && !(foldersOnly && at >= path.length);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const order = Buffer.compare(Buffer.from(a[at] as string), Buffer.from(b[at] as string));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
