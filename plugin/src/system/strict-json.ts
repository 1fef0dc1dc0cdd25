/**
 * Foreign JSON, accepted only if all programs read it in the same way. Go accepts a key in any case, and takes the last
 * of several; JavaScript and Python distinguish `layers` from `Layers`; others take the first.
 */
import { printable } from './printable';

/** No honest JSON is nested deeper. Go's limit is 10,000, Python's its stack. */
const deepest = 64;

export interface JsonShape {
  /** Objects in which any key may stand, such as annotations: there, Go distinguishes case too. */
  readonly maps: readonly string[];
  /** Keys of numbers that must be written in digits only, since Go accepts neither `1e3` nor `1.0` for an integer. */
  readonly integers: readonly string[];
}

/** The value of a JSON text, or why it is refused. */
export function readStrictJson(content: Uint8Array, shape: JsonShape): { value: unknown } | { refused: string } {
  let text: string;
  let value: unknown;
  try {
    // A byte order mark stays, and no program accepts it as JSON.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    const trouble = troubleWithDepth(text);
    if (trouble !== undefined) return { refused: trouble };
    value = JSON.parse(text);
  } catch {
    return { refused: 'it is not JSON in UTF-8' };
  }
  const refused = troubleIn(text, shape);
  return refused === undefined ? { value } : { refused };
}

/** Keys that Go takes for one another have the same folding (encoding/json, foldName). */
export function foldedKey(key: string): string {
  // Letter by letter, and only where one letter becomes one: Go's simple folding. The long s becomes s, the Kelvin sign k;
  // the Turkish ı without a dot is no i.
  return [...key]
    .map((letter) => (letter === 'ı' ? letter : single(single(letter, letter.toUpperCase()), undefined)))
    .join('');
}

function single(letter: string, changed: string | undefined): string {
  const other = changed ?? letter.toLowerCase();
  return [...other].length === 1 ? other : letter;
}

function troubleWithDepth(text: string): string | undefined {
  let depth = 0;
  for (const { kind } of tokensOf(text)) {
    if (kind === '{' || kind === '[') depth += 1;
    else if (kind === '}' || kind === ']') depth -= 1;
    if (depth > deepest) return `it is nested more than ${deepest} deep`;
  }
  return undefined;
}

interface Level {
  /** `undefined` in an array. */
  readonly keys: Map<string, string> | undefined;
  readonly isMap: boolean;
  /** The key whose value comes next. */
  key: string;
}

/** What others would read differently in a text that is JSON. */
function troubleIn(text: string, { maps, integers }: JsonShape): string | undefined {
  const mapKeys = new Set(maps.map(foldedKey));
  const integerKeys = new Set(integers.map(foldedKey));
  const levels: Level[] = [];
  let before = '';
  for (const { kind, from, to } of tokensOf(text)) {
    const level = levels.at(-1);
    const isKey = level?.keys !== undefined && (before === '{' || before === ',');
    if (kind === '{' || kind === '[') {
      const inMap = level !== undefined && level.keys !== undefined && mapKeys.has(level.key);
      levels.push({ keys: kind === '{' ? new Map() : undefined, isMap: inMap, key: level?.key ?? '' });
    } else if (kind === '}' || kind === ']') levels.pop();
    else if (kind === 'string') {
      const quoted = text.slice(from, to);
      const content = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      if (/\p{Surrogate}/u.test(content))
        return 'a text in it has half a UTF-16 character, which programs read in different ways';
      if (isKey && level?.keys !== undefined) {
        const folded = foldedKey(content);
        const other = level.keys.get(level.isMap ? content : folded);
        const shown = (key: string): string => `"${printable(key, { limit: 60 })}"`;
        if (other === content)
          return `the key ${shown(content)} is in it twice, and programs differ in which one they read`;
        if (other !== undefined)
          return `the keys ${shown(other)} and ${shown(content)} are one key for Go, which reads the last one, but two keys for other programs`;
        level.keys.set(level.isMap ? content : folded, content);
        level.key = folded;
      }
    } else if (kind === 'word' && level?.keys !== undefined && integerKeys.has(level.key)) {
      const word = text.slice(from, to);
      if (/[.eE]/.test(word) && !/^[a-z]/.test(word))
        return `the number ${printable(word)} is not an integer that Go can read`;
    }
    before = kind;
  }
  return undefined;
}

interface Token {
  readonly kind: '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'word';
  readonly from: number;
  readonly to: number;
}

const marks = '{}[],:';

/** The tokens of a text that may not be JSON at all: what is neither mark nor text is a word. */
function* tokensOf(text: string): Generator<Token, void, undefined> {
  for (let at = 0; at < text.length;) {
    const letter = text[at] as string;
    const from = at;
    at += 1;
    if (marks.includes(letter)) yield { kind: letter as Token['kind'], from, to: at };
    else if (letter === '"') {
      while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
      at = Math.min(at + 1, text.length);
      yield { kind: 'string', from, to: at };
    } else if (letter > ' ') {
      while (at < text.length && !/[\s{}[\],:"]/.test(text[at] as string)) at += 1;
      yield { kind: 'word', from, to: at };
    }
  }
}
