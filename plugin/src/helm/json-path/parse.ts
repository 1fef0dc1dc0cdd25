/**
 * Parses a template into blocks, as client-go's parser.go does. What client-go would refuse only during evaluation is
 * refused here.
 */

export type JsonPath = readonly Block[];

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  /** The body once for each value that the steps lead to. */
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Block[] };

export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | ({ readonly kind: 'slice' } & Slice)
  | { readonly kind: 'union'; readonly branches: readonly (readonly Step[])[] }
  | { readonly kind: 'filter'; readonly left: readonly Step[]; readonly comparison?: Comparison | undefined }
  | { readonly kind: 'literal'; readonly value: string | number | boolean };

interface Slice {
  readonly from: number;
  /** `undefined`: to the end. */
  readonly to?: number | undefined;
  readonly every: number;
}

export interface Comparison {
  readonly operator: Operator;
  readonly right: readonly Step[];
}

export type Operator = (typeof operators)[number];

const operators = ['==', '!=', '<=', '>=', '<', '>'] as const;

export type JsonPathReading =
  { readonly path: JsonPath; readonly problem?: undefined } | { readonly path?: undefined; readonly problem: string };

/** The template, or what is wrong with it, in a few words. */
export function parseJsonPath(text: string): JsonPathReading {
  try {
    return { path: new Parser(text).template() };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly word?: 'range' | 'end' | undefined; readonly steps: readonly Step[] };

const endsWord = /[ \t\r\n.,[\]$@{}]/;
const fieldPattern = /(?:\\.|[^ \t\r\n.,[\]$@{}\\])*/sy;
const numberPattern = /[+-]?[\d.]*/y;
const deepest = 16;

class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly depth = 0,
  ) {
    if (depth > deepest) throw new Unreadable(`it is nested more than ${deepest} levels deep`);
  }

  template(): JsonPath {
    const parts: Part[] = [];
    while (this.at < this.text.length) {
      const open = this.text.indexOf('{', this.at);
      const text = this.text.slice(this.at, open === -1 ? undefined : open);
      if (text !== '') parts.push({ kind: 'text', text });
      if (open === -1) break;
      this.at = open + 1;
      parts.push(this.action());
    }
    const { blocks, rest } = blocksOf(parts, { inRange: false });
    if (rest.length > 0) throw new Unreadable('there is an {end} without a {range}');
    return blocks;
  }

  /** The text in braces, up to the closing one. */
  private action(): Part {
    const steps: Step[] = [];
    let word: 'range' | 'end' | undefined;
    for (;;) {
      const next = this.text[this.at];
      if (next === undefined || next === '\n' || next === '\r') throw new Unreadable('a brace is not closed');
      if (next === '}') {
        this.at += 1;
        return { kind: 'action', word, steps };
      }
      if (next === ' ' || next === '@' || next === '$') this.at += 1;
      else if (this.text.startsWith('[?(', this.at)) steps.push(this.filter());
      else if (this.text.startsWith('..', this.at)) steps.push(...this.recursive(steps.at(-1)));
      else if (next === '[') steps.push(...this.brackets());
      else if (next === '.') {
        this.at += 1;
        steps.push(this.field());
      } else if (next === '"' || next === "'") steps.push({ kind: 'literal', value: this.quoted(next) });
      else if (/[+\-\d]/.test(next)) steps.push({ kind: 'literal', value: this.number() });
      else if (/[\p{L}_]/u.test(next)) {
        const name = this.word();
        if (name === 'range' || name === 'end') word = name;
        else if (name === 'true' || name === 'false') steps.push({ kind: 'literal', value: name === 'true' });
        else throw new Unreadable(`\`${name}\` is not a keyword; a field begins with a dot`);
      } else throw new Unreadable(`\`${next}\` is not allowed in braces`);
    }
  }

  private field(): Step {
    const name = this.taken(fieldPattern).replace(/\\(.)/gs, '$1');
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name };
  }

  private recursive(before: Step | undefined): Step[] {
    if (before?.kind === 'recursive') throw new Unreadable('`..` follows another `..`');
    this.at += 2;
    return [{ kind: 'recursive' }, ...(/[\p{L}\p{Nd}_]/u.test(this.text[this.at] ?? '') ? [this.field()] : [])];
  }

  private word(): string {
    const start = this.at;
    while (this.at < this.text.length && !endsWord.test(this.text[this.at] as string)) this.at += 1;
    return this.text.slice(start, this.at);
  }

  private number(): number {
    const text = this.taken(numberPattern);
    const value = Number(text);
    if (/\d/.test(text) && Number.isFinite(value)) return value;
    throw new Unreadable(`\`${text}\` is not a number`);
  }

  private brackets(): readonly Step[] {
    const close = this.text.indexOf(']', this.at);
    const inside = this.text.slice(this.at + 1, close);
    if (close === -1 || inside.includes('\n')) throw new Unreadable('a bracket is not closed');
    this.at = close + 1;
    const branches = inside.split(',');
    if (branches.length === 1) return this.selector(inside);
    return [{ kind: 'union', branches: branches.map((branch) => this.selector(branch.trim())) }];
  }

  private selector(text: string): readonly Step[] {
    const key = /^'([^']*)'$/.exec(text)?.[1];
    // Dots in a key lead further down, unless a backslash precedes them.
    if (key !== undefined) return this.stepsIn(`.${key}`);
    const slice = sliceIn(text);
    if (slice === undefined) throw new Unreadable(`\`[${text}]\` is not an index, a range, or a key in '…'`);
    return [slice];
  }

  private filter(): Step {
    this.at += '[?('.length;
    const start = this.at;
    let quote: string | undefined;
    let isQuoted = false;
    for (; ; this.at += 1) {
      const next = this.text[this.at];
      if (next === undefined || next === '\n') throw new Unreadable('a filter is not closed');
      if (quote === undefined && (next === '"' || next === "'")) quote = next;
      else if (next === quote && this.text[this.at - 1] !== '\\') isQuoted = true;
      else if (next === ')' && (quote === undefined) !== isQuoted) break;
    }
    const condition = this.text.slice(start, this.at);
    if (this.text[this.at + 1] !== ']') throw new Unreadable('a filter does not end with `)]`');
    this.at += ')]'.length;
    const [, left, sign, right] = /^([^!<>=]+)([!<>=]+)(.+)$/s.exec(condition) ?? [];
    if (left === undefined || right === undefined) return { kind: 'filter', left: this.stepsIn(condition) };
    const operator = operators.find((known) => known === sign);
    if (operator === undefined) throw new Unreadable(`\`${sign}\` is not a comparison`);
    return { kind: 'filter', left: this.stepsIn(left), comparison: { operator, right: this.stepsIn(right) } };
  }

  private stepsIn(text: string): readonly Step[] {
    const parser = new Parser(`${text}}`, this.depth + 1);
    const part = parser.action();
    if (part.kind === 'action' && part.word === undefined && parser.at > text.length) return part.steps;
    throw new Unreadable(`\`${text}\` is not a path`);
  }

  private quoted(quote: string): string {
    const pattern = quote === '"' ? /"((?:\\.|[^"\\\n])*)"/y : /'((?:\\.|[^'\\\n])*)'/y;
    const start = this.at;
    const text = this.taken(pattern);
    if (this.at === start) throw new Unreadable('a quote is not closed');
    return text.slice(1, -1).replace(/\\(.)/g, (escape, character: string) => {
      const meant = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" }[character];
      if (meant === undefined) throw new Unreadable(`\`${escape}\` is an unknown escape`);
      return meant;
    });
  }

  private taken(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.text)?.[0] ?? '';
    this.at += text.length;
    return text;
  }
}

/** `2`, `-1`, `1:3`, `:`, `::2`, `*`; without an upper end, one item. */
function sliceIn(text: string): Step | undefined {
  const [whole, first = '', second, third] = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text === '*' ? ':' : text) ?? [];
  if (whole === undefined || [first, second, third].some((part) => part?.endsWith('-') === true)) return undefined;
  const numberOf = (part: string | undefined): number | undefined =>
    part === undefined || part === '' || part === ':' ? undefined : Number(part.replace(':', ''));
  const from = numberOf(first) ?? 0;
  const single = from === -1 ? undefined : from + 1;
  const every = numberOf(third) ?? 1;
  if (every < 1) return undefined;
  return { kind: 'slice', from, to: second === undefined ? single : numberOf(second), every };
}

function blocksOf(
  parts: readonly Part[],
  { inRange }: { inRange: boolean },
): { readonly blocks: readonly Block[]; readonly rest: readonly Part[] } {
  const blocks: Block[] = [];
  let rest = parts;
  for (;;) {
    const [part, ...others] = rest;
    if (part === undefined) return { blocks, rest };
    if (part.kind === 'action' && part.word === 'end') return { blocks, rest: inRange ? others : rest };
    rest = others;
    if (part.kind === 'text') blocks.push(part);
    else if (part.word === undefined) blocks.push({ kind: 'path', steps: part.steps });
    else {
      const body = blocksOf(rest, { inRange: true });
      blocks.push({ kind: 'range', steps: part.steps, body: body.blocks });
      rest = body.rest;
    }
  }
}
