/**
 * Reads YAML of the plainest shape, in which nearly all configurations and all our own records are written, in a twentieth
 * of the time: maps and lists in block style, scalars on one line, ASCII. Anything else it leaves to the readers of the
 * dialects, which also say what is wrong with a text; what it takes, it reads as they do.
 */

/** The value of an unquoted scalar; `undefined` if that takes a closer look. */
export type PlainScalar = (source: string) => unknown;

interface Line {
  readonly indent: number;
  readonly content: string;
}

/** Deeper than anything that is plain. */
const deepest = 20;
/** Lines, and values. */
const most = 100_000;

const plainText = /^[\n\x20-\x7e]*$/;
const entry = /^([A-Za-z][A-Za-z0-9_-]{0,60}):(?: +(.*))?$/;
/** Without a comment behind it. */
const plainScalar = /^[A-Za-z0-9/][A-Za-z0-9_./@+=,():%~;'> -]*$/;
const quoted = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?$/;
const flow = /^(?:\[ ?(.*?) ?\]|\{ ?(.*?) ?\})(?: +#.*)?$/;
const flowScalar = /^[A-Za-z0-9/][A-Za-z0-9_./-]*$/;
const flowEntry = /^([A-Za-z][A-Za-z0-9_-]{0,60}): ([A-Za-z0-9/][A-Za-z0-9_./-]*)$/;
/** What YAML 1.1 or JavaScript does not take for a text, as a key. */
const unusualKey = /^(?:y|n|yes|no|on|off|true|false|null|__proto__)$/i;

/** The value of a text: a map. `undefined` if it is not plain. */
export function readPlainYaml(text: string, scalarOf: PlainScalar): Readonly<Record<string, unknown>> | undefined {
  if (!plainText.test(text)) return undefined;
  const reader = new Reader(linesIn(text), scalarOf);
  try {
    return reader.document();
  } catch (error) {
    if (error !== notPlain) throw error;
    return undefined;
  }
}

const notPlain = Symbol('not plain');

function linesIn(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    let at = start;
    while (at < end && text.charCodeAt(at) === 0x20) at += 1;
    if (at < end && text.charCodeAt(at) !== 0x23) lines.push({ indent: at - start, content: text.slice(at, end) });
    start = end + 1;
  }
  return lines;
}

class Reader {
  readonly #lines: Line[];
  readonly #scalarOf: PlainScalar;
  #at = 0;
  #values = 0;
  #depth = 0;

  constructor(lines: Line[], scalarOf: PlainScalar) {
    this.#lines = lines;
    this.#scalarOf = scalarOf;
  }

  document(): Record<string, unknown> {
    const [first] = this.#lines;
    if (first === undefined || first.indent !== 0 || isItem(first) || this.#lines.length > most) throw notPlain;
    const value = this.#map(0);
    if (this.#at < this.#lines.length) throw notPlain;
    return value;
  }

  #map(indent: number): Record<string, unknown> {
    if (++this.#depth > deepest) throw notPlain;
    const map: Record<string, unknown> = {};
    for (let line = this.#next(indent); line !== undefined && !isItem(line); line = this.#next(indent)) {
      const [, key, written] = entry.exec(line.content) ?? [];
      if (key === undefined || unusualKey.test(key) || Object.hasOwn(map, key)) throw notPlain;
      this.#at += 1;
      map[key] = written === undefined ? this.#below(indent) : this.#scalar(written);
    }
    this.#depth -= 1;
    return map;
  }

  /** What the lines below a key hold: a list may stand as far to the left as its key. */
  #below(indent: number): unknown {
    const line = this.#lines[this.#at];
    if (line === undefined || line.indent < indent) throw notPlain;
    if (isItem(line)) return this.#list(line.indent);
    if (line.indent === indent) throw notPlain;
    return this.#map(line.indent);
  }

  #list(indent: number): unknown[] {
    if (++this.#depth > deepest) throw notPlain;
    const list: unknown[] = [];
    for (let line = this.#next(indent); line !== undefined && isItem(line); line = this.#next(indent)) {
      const content = line.content.slice(2).trimStart();
      if (entry.test(content)) {
        // A map, whose first key stands behind the dash.
        const inner = indent + line.content.length - content.length;
        this.#lines[this.#at] = { indent: inner, content };
        list.push(this.#map(inner));
      } else {
        this.#at += 1;
        list.push(this.#scalar(content));
      }
    }
    this.#depth -= 1;
    return list;
  }

  /** The line here, if it is indented so far; none, if it is indented less. */
  #next(indent: number): Line | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined || line.indent < indent) return undefined;
    if (line.indent > indent) throw notPlain;
    return line;
  }

  #scalar(written: string): unknown {
    if (plainScalar.test(written)) return this.#plain(written);
    const comment = written.indexOf(' #');
    const before = comment === -1 ? '' : written.slice(0, comment).trimEnd();
    if (plainScalar.test(before)) return this.#plain(before);
    const [, double, single] = quoted.exec(written) ?? [];
    return double ?? single ?? this.#flow(written);
  }

  #plain(source: string): unknown {
    if (source.endsWith(' ') || source.endsWith(':') || source.includes(': ')) throw notPlain;
    return this.#value(source);
  }

  #value(source: string): unknown {
    const value = this.#scalarOf(source);
    if (value === undefined || ++this.#values > most) throw notPlain;
    return value;
  }

  /** A short list or map in brackets, of unquoted scalars. */
  #flow(written: string): unknown {
    const [, list, map] = flow.exec(written) ?? [];
    if (list !== undefined) {
      const items = list === '' ? [] : list.split(', ');
      return items.map((item) => (flowScalar.test(item) ? this.#value(item) : fail()));
    }
    if (map === undefined) throw notPlain;
    const object: Record<string, unknown> = {};
    for (const item of map === '' ? [] : map.split(', ')) {
      const [, key, source] = flowEntry.exec(item) ?? [];
      if (key === undefined || source === undefined || unusualKey.test(key) || Object.hasOwn(object, key))
        throw notPlain;
      object[key] = this.#value(source);
    }
    return object;
  }
}

function fail(): never {
  throw notPlain;
}

function isItem({ content }: Line): boolean {
  return content.startsWith('- ');
}
