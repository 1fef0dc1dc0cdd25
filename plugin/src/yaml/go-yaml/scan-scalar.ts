/** Scalars of the three kinds, as scannerc.go of go-yaml reads them: the value, and where it ends in the text. */
import type { Cursor } from './cursor';
import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd } from './cursor';
import type { GoYamlWords } from './problems';
import { GoYamlRefusal } from './problems';

export interface ScannedScalar {
  readonly value: string;
  /** Offset after its last character. */
  readonly end: number;
  /** It ended with a line, so that a key may begin after it. */
  readonly endsLine: boolean;
}

/** @param indent the column of the collection around it, -1 outside of any */
export function scanPlain(cursor: Cursor, { indent, inFlow }: { indent: number; inFlow: boolean }): ScannedScalar {
  let value = '';
  let end = cursor.offset;
  const between = new LineFold();
  for (;;) {
    if (cursor.isAtDocumentMark() || cursor.peek() === '#') break;
    const word = cursor.takeWhile((character) => {
      if (isBlankOrEnd(character) || (inFlow && ',?[]{}'.includes(character))) return false;
      return character !== ':' || !isBlankOrEnd(cursor.peek(1));
    });
    if (word !== '') {
      value += between.folded() + word;
      end = cursor.offset;
    }
    if (!isBlank(cursor.peek()) && !isBreak(cursor.peek())) break;
    while (isBlank(cursor.peek()) || isBreak(cursor.peek())) {
      if (between.hasBreak && cursor.column <= indent && cursor.peek() === '\t')
        throw refusal(cursor, 'found a tab character that violates indentation');
      between.take(cursor);
    }
    if (!inFlow && cursor.column <= indent) break;
  }
  return { value, end, endsLine: between.hasBreak };
}

/** Blanks and line ends between two pieces of a scalar: one line end is a space, each further one stays. */
class LineFold {
  hasBreak = false;
  private blanks = '';
  private first = '';
  private further = '';

  take(cursor: Cursor): void {
    if (isBreak(cursor.peek())) {
      if (this.hasBreak) this.further += cursor.takeBreak();
      else this.first = cursor.takeBreak();
      this.hasBreak = true;
      this.blanks = '';
    } else if (this.hasBreak) cursor.skip();
    else this.blanks += cursor.take();
  }

  /** A backslash before the end of a line in double quotes: the line end is dropped. */
  takeEscapedBreak(cursor: Cursor): void {
    cursor.skip();
    cursor.takeBreak();
    this.hasBreak = true;
  }

  /** The folded text. Resets the fold. */
  folded(): string {
    const { hasBreak, blanks, first, further } = this;
    Object.assign(this, { hasBreak: false, blanks: '', first: '', further: '' });
    if (!hasBreak) return blanks;
    if (first === '\n') return further === '' ? ' ' : further;
    return first + further;
  }
}

export function scanQuoted(cursor: Cursor, quote: "'" | '"'): ScannedScalar {
  cursor.skip();
  let value = '';
  for (;;) {
    if (cursor.isAtDocumentMark()) throw refusal(cursor, 'found unexpected document indicator');
    if (cursor.peek() === '') throw refusal(cursor, 'found unexpected end of stream');
    const between = new LineFold();
    while (!isBlankOrEnd(cursor.peek())) {
      const character = cursor.peek();
      if (character === quote && quote === "'" && cursor.peek(1) === "'") {
        value += "'";
        cursor.skip(2);
      } else if (character === quote) {
        break;
      } else if (quote === '"' && character === '\\') {
        if (isBreak(cursor.peek(1))) {
          between.takeEscapedBreak(cursor);
          break;
        }
        value += scanEscape(cursor);
      } else
        value += cursor.take() + cursor.takeWhile((next) => !isBlankOrEnd(next) && next !== quote && next !== '\\');
    }
    if (cursor.peek() === quote) break;
    while (isBlank(cursor.peek()) || isBreak(cursor.peek())) between.take(cursor);
    value += between.folded();
  }
  cursor.skip();
  return { value, end: cursor.offset, endsLine: false };
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

const hexadecimalDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(cursor: Cursor): string {
  const name = cursor.peek(1);
  if (Object.hasOwn(escapes, name)) {
    cursor.skip(2);
    return escapes[name] as string;
  }
  const length = Object.hasOwn(hexadecimalDigits, name) ? (hexadecimalDigits[name] as number) : 0;
  if (length === 0) throw refusal(cursor, 'found unknown escape character');
  cursor.skip(2);
  const digits = cursor.text.slice(cursor.offset, cursor.offset + length);
  if (digits.length < length || !/^[0-9a-f]*$/i.test(digits))
    throw refusal(cursor, 'did not find expected hexdecimal number');
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw refusal(cursor, 'found invalid Unicode character escape code');
  cursor.skip(length);
  return String.fromCodePoint(code);
}

/** A scalar after `|` (`literal`) or `>`. It ends with its last line, before the empty ones. */
export function scanBlock(
  cursor: Cursor,
  { indent: parentIndent, literal }: { indent: number; literal: boolean },
): ScannedScalar {
  cursor.skip();
  const { chomping, increment } = scanBlockHeader(cursor);
  let end = cursor.offset;
  const atLeast = Math.max(parentIndent + 1, 1);
  let indent = increment === 0 ? undefined : Math.max(parentIndent, 0) + increment;
  let value = '';
  let lineEnd = '';
  let wasBlank = false;
  let blanks: string;
  [blanks, indent] = scanEmptyLines(cursor, { indent, atLeast });
  while (cursor.column === indent && cursor.peek() !== '') {
    const isBlankLine = isBlank(cursor.peek());
    const isFolded = !literal && !wasBlank && !isBlankLine && lineEnd === '\n';
    value += isFolded ? (blanks === '' ? ' ' : '') : lineEnd;
    value += blanks + cursor.takeWhile((character) => !isBreakOrEnd(character));
    wasBlank = isBlankLine;
    lineEnd = cursor.peek() === '' ? '' : cursor.takeBreak();
    end = cursor.offset;
    [blanks] = scanEmptyLines(cursor, { indent, atLeast });
  }
  if (chomping !== '-') value += lineEnd;
  if (chomping === '+') value += blanks;
  return { value, end, endsLine: true };
}

function scanBlockHeader(cursor: Cursor): { chomping: string; increment: number } {
  let chomping = '';
  let increment = 0;
  const scanChomping = () => {
    if (chomping === '' && (cursor.peek() === '+' || cursor.peek() === '-')) chomping = cursor.take();
  };
  scanChomping();
  if (/^[0-9]$/.test(cursor.peek())) {
    if (cursor.peek() === '0') throw refusal(cursor, 'found an indentation indicator equal to 0');
    increment = Number(cursor.take());
  }
  scanChomping();
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.peek())) throw refusal(cursor, 'did not find expected comment or line break');
  if (isBreak(cursor.peek())) cursor.takeBreak();
  return { chomping, increment };
}

/** Empty lines, and the indentation: that of the first line with content, if it is not known yet. */
function scanEmptyLines(
  cursor: Cursor,
  { indent, atLeast }: { indent: number | undefined; atLeast: number },
): [breaks: string, indent: number] {
  let breaks = '';
  let deepest = 0;
  const isIndentation = () => indent === undefined || cursor.column < indent;
  for (;;) {
    while (isIndentation() && cursor.peek() === ' ') cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if (isIndentation() && cursor.peek() === '\t')
      throw refusal(cursor, 'found a tab character where an indentation space is expected');
    if (!isBreak(cursor.peek())) return [breaks, indent ?? Math.max(deepest, atLeast)];
    breaks += cursor.takeBreak();
  }
}

function refusal(cursor: Cursor, because: GoYamlWords): GoYamlRefusal {
  return new GoYamlRefusal(cursor.offset, because);
}
