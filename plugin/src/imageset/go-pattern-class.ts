/** Characters and classes of characters in Go's regular expressions, written again for JavaScript with the flag `u`. */

/** Why a text is no regular expression of Go, in a few words. */
export class PatternProblem extends Error {}

export interface PatternCursor {
  take(text: string): boolean;
  takeMatch(expression: RegExp): RegExpExecArray | undefined;
  /** @throws PatternProblem at the end */
  next(): string;
}

/** What stands between the brackets of a class in JavaScript. */
export type CharacterSet = string;

const perlSets: Readonly<Record<string, CharacterSet>> = { d: '0-9', w: '0-9A-Za-z_', s: '\\t\\n\\f\\r ' };
const perlComplements: Readonly<Record<string, CharacterSet>> = {
  D: '\\0-\\u{2f}\\u{3a}-\\u{10ffff}',
  W: '\\0-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{5e}\\u{60}\\u{7b}-\\u{10ffff}',
  S: '\\0-\\u{8}\\u{b}\\u{e}-\\u{1f}\\u{21}-\\u{10ffff}',
};

// Code points, inclusive.
const posixRanges: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  ascii: [[0, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: [[0x30, 0x39]],
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: [[0x41, 0x5a]],
  word: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};

export function literal(character: string, ignoreCase: boolean): string {
  const other = otherCase(character);
  return ignoreCase && other !== character ? `[${escaped(character)}${escaped(other)}]` : escaped(character);
}

/** `\d`, `\W`, `\pL`, `\p{Greek}`, `\P{^Lu}`, or undefined where another escape stands. */
export function unicodeClass(cursor: PatternCursor): CharacterSet | undefined {
  const perl = cursor.takeMatch(/\\([dDwWsS])/y)?.[1];
  if (perl !== undefined) return perlSets[perl] ?? perlComplements[perl];
  const property = cursor.takeMatch(/\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/y);
  if (property === undefined) return undefined;
  const name = (property[3] ?? property[4]) as string;
  const negated = (property[1] === 'P') !== (property[2] === '^');
  return `\\${negated ? 'P' : 'p'}{${/^(?:[A-Z][a-z]?|Any)$/.test(name) ? name : `Script=${name}`}}`;
}

/** The character that an escape such as `\.`, `\x41` or `\n` stands for. The cursor is before the backslash. */
export function escapeOf(cursor: PatternCursor): string {
  const hex = cursor.takeMatch(/\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/y);
  if (hex !== undefined) return ofCodePoint(Number.parseInt((hex[1] ?? hex[2]) as string, 16));
  const octal = cursor.takeMatch(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y)?.[1];
  if (octal !== undefined) return ofCodePoint(Number.parseInt(octal, 8));
  const letter = cursor.takeMatch(/\\([afnrtv])/y)?.[1];
  if (letter !== undefined) return { a: '\u0007', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[letter] as string;
  const mark = cursor.takeMatch(/\\([!-/:-@[-`{-~ ])/y)?.[1];
  if (mark !== undefined) return mark;
  throw new PatternProblem('a backslash begins an escape that Go does not have, a back reference for instance');
}

/** A class, the cursor behind its opening bracket. */
export function characterClass(cursor: PatternCursor, ignoreCase: boolean): string {
  const negated = cursor.take('^');
  const sets: CharacterSet[] = [];
  for (let first = true; first || !cursor.take(']'); first = false) {
    sets.push(posixClass(cursor) ?? unicodeClass(cursor) ?? range(cursor, ignoreCase));
  }
  return `[${negated ? '^' : ''}${sets.join('')}]`;
}

function posixClass(cursor: PatternCursor): CharacterSet | undefined {
  const match = cursor.takeMatch(/\[:(\^?)([^\]]*?):\]/y);
  if (match === undefined) return undefined;
  const ranges = Object.hasOwn(posixRanges, match[2] as string) ? posixRanges[match[2] as string] : undefined;
  if (ranges === undefined) throw new PatternProblem('a class in [: :] is not known');
  return (match[1] === '^' ? complementOf(ranges) : ranges).map(([low, high]) => setOf(low, high)).join('');
}

function range(cursor: PatternCursor, ignoreCase: boolean): CharacterSet {
  const low = member(cursor);
  const high = cursor.takeMatch(/-(?!\])(?=[^])/y) === undefined ? low : member(cursor);
  const [from, to] = [low.codePointAt(0) as number, high.codePointAt(0) as number];
  if (from > to) throw new PatternProblem('a range in [ ] is the wrong way round');
  return ignoreCase ? bothCases(from, to) : setOf(from, to);
}

function member(cursor: PatternCursor): string {
  return cursor.takeMatch(/(?=\\)/y) === undefined ? cursor.next() : escapeOf(cursor);
}

// ASCII letters only: names of images have no others.
function bothCases(from: number, to: number): CharacterSet {
  const within = (low: number, high: number, shift: number): CharacterSet => {
    const [first, last] = [Math.max(from, low), Math.min(to, high)];
    return first > last ? '' : setOf(first + shift, last + shift);
  };
  return setOf(from, to) + within(0x41, 0x5a, 0x20) + within(0x61, 0x7a, -0x20);
}

function complementOf(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const starts = [0, ...ranges.map(([, high]) => high + 1)];
  const ends = [...ranges.map(([low]) => low - 1), 0x10ffff];
  return starts.map((start, index) => [start, ends[index] as number] as const).filter(([start, end]) => start <= end);
}

function setOf(low: number, high: number): CharacterSet {
  return low === high ? hexadecimal(low) : `${hexadecimal(low)}-${hexadecimal(high)}`;
}

function escaped(character: string): string {
  return /[A-Za-z0-9]/.test(character) ? character : hexadecimal(character.codePointAt(0) as number);
}

function hexadecimal(point: number): string {
  return `\\u{${point.toString(16)}}`;
}

function otherCase(character: string): string {
  if (/[a-z]/.test(character)) return character.toUpperCase();
  return /[A-Z]/.test(character) ? character.toLowerCase() : character;
}

function ofCodePoint(point: number): string {
  if (!(point <= 0x10ffff)) throw new PatternProblem('an escape names a character beyond Unicode');
  return String.fromCodePoint(point);
}
