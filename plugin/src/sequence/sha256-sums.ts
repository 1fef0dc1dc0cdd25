/**
 * SHA256SUMS as coreutils writes and `sha256sum -c` reads it: `<64 hex digits>  <name>`, one per line. A name with a
 * backslash or a line break is escaped, and its line begins with a backslash (coreutils, "cksum output modes").
 */
import { printable } from '../system/printable';
import { recordRefused } from '../yaml/errors';
import { recordTooLarge } from './errors';

export interface Sha256Sum {
  /** Relative to the folder of SHA256SUMS, with `/`. */
  readonly name: string;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

const maxCharacters = 16 * 1024 ** 2;
const gnuLine = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/;
const bsdLine = /^(\\?)SHA256 \((.+)\) = ([0-9a-fA-F]{64})$/;

/** The file, sorted by name. */
export function renderSha256Sums(sums: readonly Sha256Sum[]): string {
  return [...sums]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => {
      const escaped = name.replace(/[\\\n\r]/g, (character) => ({ '\\': '\\\\', '\n': '\\n' })[character] ?? '\\r');
      return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}\n`;
    })
    .join('');
}

/**
 * Reads the file: text and binary mode, BSD style, comments, either kind of line end.
 *
 * @throws SEQ0211 for any other line, a name that appears twice, and a name that leads out of the folder
 */
export function parseSha256Sums(text: string, file: string): Sha256Sum[] {
  if (text.length > maxCharacters) {
    throw recordTooLarge({ file, found: text.length, limit: maxCharacters, unit: 'characters' });
  }
  const sums = new Map<string, Sha256Sum>();
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (content === '' || content.startsWith('#')) continue;
    const at = { file, line: index + 1 };
    const sum = parseLine(content);
    if (sum === undefined)
      throw recordRefused({ at, what: 'this line must be a sha256, two spaces and the name of a file' });
    if (leadsOut(sum.name)) throw recordRefused({ at, what: `"${printable(sum.name)}" leads out of the folder` });
    if (sums.has(sum.name)) throw recordRefused({ at, what: `${printable(sum.name)} is in the file twice` });
    sums.set(sum.name, sum);
  }
  return [...sums.values()];
}

function parseLine(line: string): Sha256Sum | undefined {
  const gnu = gnuLine.exec(line);
  const bsd = gnu === null ? bsdLine.exec(line) : null;
  const [escape, sha256, name] = gnu !== null ? [gnu[1], gnu[2], gnu[3]] : [bsd?.[1], bsd?.[3], bsd?.[2]];
  if (sha256 === undefined || name === undefined) return undefined;
  const plain = escape === '\\' ? unescaped(name) : name;
  return plain === undefined ? undefined : { name: plain, sha256: sha256.toLowerCase() };
}

function unescaped(name: string): string | undefined {
  if (/\\(?![\\nr])/.test(name.replaceAll('\\\\', ''))) return undefined;
  return name.replace(/\\([\\nr])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\\'));
}

function leadsOut(name: string): boolean {
  return name.startsWith('/') || name.includes('\0') || name.split('/').includes('..');
}
