/** Anchors, aliases, tags and directives, as scannerc.go of go-yaml reads them. */
import type { Cursor } from './cursor';
import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isWord } from './cursor';
import type { GoYamlWords } from './problems';
import { GoYamlRefusal } from './problems';

/** The name after `&` or `*`. */
export function scanAnchor(cursor: Cursor): string {
  cursor.skip();
  const name = cursor.takeWhile(isWord);
  const next = cursor.peek();
  if (name === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(next)))
    throw refusal(cursor, 'did not find expected alphabetic or numeric character');
  return name;
}

export interface Tag {
  /** `!`, `!!`, `!name!`, or '' if the suffix is the whole tag. */
  readonly handle: string;
  readonly suffix: string;
}

export function scanTag(cursor: Cursor): Tag {
  const tag = cursor.peek(1) === '<' ? scanVerbatimTag(cursor) : scanShortTag(cursor);
  if (!isBlankOrEnd(cursor.peek())) throw refusal(cursor, 'did not find expected whitespace or line break');
  return tag;
}

function scanVerbatimTag(cursor: Cursor): Tag {
  cursor.skip(2);
  const suffix = scanTagText(cursor);
  if (cursor.peek() !== '>') throw refusal(cursor, "did not find the expected '>'");
  cursor.skip();
  return { handle: '', suffix };
}

function scanShortTag(cursor: Cursor): Tag {
  const handle = scanTagHandle(cursor, { whole: false });
  if (handle.length > 1 && handle.endsWith('!')) return { handle, suffix: scanTagText(cursor) };
  const suffix = scanTagText(cursor, handle);
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function scanTagHandle(cursor: Cursor, { whole }: { whole: boolean }): string {
  if (cursor.peek() !== '!') throw refusal(cursor, "did not find expected '!'");
  const handle = cursor.take() + cursor.takeWhile(isWord);
  if (cursor.peek() === '!') return handle + cursor.take();
  if (whole && handle !== '!') throw refusal(cursor, "did not find expected '!'");
  return handle;
}

function scanTagText(cursor: Cursor, head = ''): string {
  let text = head.slice(1);
  const from = cursor.offset;
  while (isWord(cursor.peek()) || (cursor.peek() !== '' && ";/?:@&=+$,.!~*'()[]%".includes(cursor.peek())))
    text += cursor.peek() === '%' ? scanEscapedOctets(cursor) : cursor.take();
  if (head === '' && cursor.offset === from) throw refusal(cursor, 'did not find expected tag URI');
  return text;
}

// The character does not matter: tags other than a few are refused in any case.
function scanEscapedOctets(cursor: Cursor): string {
  if (!/^%[0-9a-f]{2}$/i.test(cursor.text.slice(cursor.offset, cursor.offset + 3)))
    throw refusal(cursor, 'did not find URI escaped octet');
  return cursor.take() + cursor.take() + cursor.take();
}

export type Directive =
  | { readonly name: 'YAML'; readonly version: string }
  | { readonly name: 'TAG'; readonly handle: string; readonly prefix: string };

/** A line that begins with `%`, its end included. */
export function scanDirective(cursor: Cursor): Directive {
  cursor.skip();
  const name = cursor.takeWhile(isWord);
  if (name === '') throw refusal(cursor, 'could not find expected directive name');
  if (!isBlankOrEnd(cursor.peek())) throw refusal(cursor, 'found unexpected non-alphabetical character');
  if (name !== 'YAML' && name !== 'TAG') throw refusal(cursor, 'found unknown directive name');
  cursor.skipBlanks();
  const directive: Directive =
    name === 'YAML' ? { name, version: scanVersion(cursor) } : { name, ...scanTagDirective(cursor) };
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.peek())) throw refusal(cursor, 'did not find expected comment or line break');
  if (isBreak(cursor.peek())) cursor.takeBreak();
  return directive;
}

function scanVersion(cursor: Cursor): string {
  const major = scanVersionNumber(cursor);
  if (cursor.peek() !== '.') throw refusal(cursor, "did not find expected digit or '.' character");
  cursor.skip();
  return `${major}.${scanVersionNumber(cursor)}`;
}

function scanVersionNumber(cursor: Cursor): number {
  const digits = cursor.takeWhile((character) => /^[0-9]$/.test(character));
  if (digits.length > 2) throw refusal(cursor, 'found extremely long version number');
  if (digits === '') throw refusal(cursor, 'did not find expected version number');
  return Number(digits);
}

function scanTagDirective(cursor: Cursor): { handle: string; prefix: string } {
  const handle = scanTagHandle(cursor, { whole: true });
  if (!isBlank(cursor.peek())) throw refusal(cursor, 'did not find expected whitespace');
  cursor.skipBlanks();
  const prefix = scanTagText(cursor);
  if (!isBlankOrEnd(cursor.peek())) throw refusal(cursor, 'did not find expected whitespace or line break');
  return { handle, prefix };
}

function refusal(cursor: Cursor, because: GoYamlWords): GoYamlRefusal {
  return new GoYamlRefusal(cursor.offset, because);
}
