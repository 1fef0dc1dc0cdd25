/** Pieces that programs trip over, whatever the format that they turn up in. */
import type { Dice } from '../../testing/lab/random';

export const nastyTexts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u001b[2J\u001b[31mred',
  '\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007',
  '\u009b31m',
  '\u0007\b\b\b\u007f',
  'a\rb',
  'a\nSEQ0001 forged: all is well',
  '\u202egnp.exe',
  '\u2066\u2067\u2069\u061c\u200f',
  '\u2028\u2029\u0085',
  '\ufeff',
  'e\u0301\u0302\u0303',
  '\u{1f4a3}\u{e0001}',
  '\ufffd\uffff',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '../../../etc/passwd',
  '/etc/passwd',
  'C:\\con',
  '..',
  '.',
  '~',
  '$(touch escaped)',
  '`touch escaped`',
  '%s%n%x',
  "'; DROP TABLE",
  '-rf',
  '--help',
  'null',
  'true',
  'NaN',
  '-0',
  '1e999',
  '0x7fffffffffffffff',
  '9007199254740993',
  '18446744073709551616',
  '-1',
  '2026-02-31',
  'seq0',
  'seq999999999',
  'sha256:' + 'a'.repeat(64),
  'sha256:' + 'A'.repeat(64),
  'sha256:' + 'a'.repeat(63),
  'sha512:' + 'a'.repeat(128),
  'x'.repeat(300),
  'x'.repeat(5_000),
  '\u202e'.repeat(2_000),
  'https://user:secret@registry.example/',
];

export function nastyText(dice: Dice): string {
  const text = dice.pick(nastyTexts);
  return dice.once(4) ? text + dice.pick(nastyTexts) : text;
}

/** Bytes that are not UTF-8 among some that are. */
export function nastyBytes(dice: Dice, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => (dice.once(3) ? dice.number(256) : 97 + dice.number(26))));
}

/** A text damaged in a few places, as editors, merges and disks do it, and as nobody does. */
export function damaged(text: string, dice: Dice, pieces: readonly string[]): string {
  let result = text;
  for (let times = 1 + dice.number(4); times > 0; times -= 1) result = damagedOnce(result, dice, pieces);
  return result;
}

function damagedOnce(text: string, dice: Dice, pieces: readonly string[]): string {
  const at = dice.number(text.length + 1);
  const to = Math.min(text.length, at + 1 + dice.number(dice.once(3) ? 200 : 8));
  const lines = text.split('\n');
  switch (dice.number(10)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return withPiece(text, at, dice.pick(pieces));
    case 2:
      return text.slice(0, at) + nastyText(dice) + text.slice(to);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << dice.number(8))) + text.slice(at + 1);
    case 5:
      return lines.toSpliced(dice.number(lines.length), 1).join('\n');
    case 6:
      return lines.toSpliced(dice.number(lines.length), 0, dice.pick(lines)).join('\n');
    case 7:
      return dice.once(3) ? dice.shuffled(lines).join('\n') : lines.join('\r\n');
    case 8:
      return withWordReplaced(text, dice);
    default:
      return text.slice(0, at) + text.slice(at, to).repeat(1 + dice.number(50)) + text.slice(to);
  }
}

/** What ends a line begins one too: marks of merge conflicts, markers of documents. */
function withPiece(text: string, at: number, piece: string): string {
  const place = piece.endsWith('\n') ? text.lastIndexOf('\n', at) + 1 : at;
  return text.slice(0, place) + piece + text.slice(place);
}

function withWordReplaced(text: string, dice: Dice): string {
  const words = [...text.matchAll(/[\w.:/@-]+/g)];
  if (words.length === 0) return nastyText(dice);
  const word = dice.pick(words);
  return text.slice(0, word.index) + nastyText(dice) + text.slice(word.index + word[0].length);
}
