import type { Dice } from '../../testing/lab/random';
import { damaged, nastyText } from './nasty';

/** JSON made from a good text, its values exchanged or its letters damaged; or structure that goes too far. */
export function hostileJson(dice: Dice, good: string): string {
  switch (dice.number(5)) {
    case 0:
      return dice.pick(structures)(dice);
    case 1:
      return damaged(good, dice, tokens);
    default:
      return withValuesExchanged(good, dice);
  }
}

/** The same of a text of which each line is a document. */
export function hostileJsonLines(dice: Dice, good: string): string {
  if (dice.once(3)) return damaged(good, dice, tokens);
  const lines = good.split('\n');
  const at = dice.number(lines.length);
  return lines.with(at, hostileJson(dice, lines[at] ?? '').replaceAll('\n', ' ')).join('\n');
}

const tokens: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '"\\u001b[2J"',
  '1e999',
  '-',
  '-0',
  '0123',
  '.5',
  'NaN',
  'Infinity',
  'null',
  'true',
  '"__proto__":{"polluted":true},',
  '/* */',
  "'",
  '\u0000',
  '\ufeff',
  '\u2028',
  '{"record":"blob"}\n',
];

const values: readonly string[] = [
  'null',
  'true',
  '[]',
  '{}',
  '0',
  '-0',
  '-1',
  '1e308',
  '1e999',
  '9007199254740993',
  '1.5',
  '123456789012345678901234567890',
  '""',
  '[[[[]]]]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '"\\ud800"',
  '"\\u0000"',
];

const times = (dice: Dice): number => dice.pick([10, 100, 3_000, 50_000]);

const structures: readonly ((dice: Dice) => string)[] = [
  (dice) => dice.pick(['[', '{"a":', '[{"a":', '{"__proto__":']).repeat(times(dice)),
  (dice) => {
    const depth = times(dice);
    return `${'['.repeat(depth)}${']'.repeat(depth)}`;
  },
  (dice) => {
    const depth = times(dice);
    return `${'{"manifests":'.repeat(depth)}1${'}'.repeat(depth)}`;
  },
  (dice) => `[${'0,'.repeat(times(dice))}0]`,
  (dice) => `{${Array.from({ length: times(dice) }, (_, at) => `"k${at}":1`).join()}}`,
  (dice) => JSON.stringify({ [nastyText(dice)]: nastyText(dice).repeat(100) }),
  (dice) => `{"a":${'9'.repeat(times(dice))}}`,
  () => '',
  () => '\ufeff{}',
];

/** Every place of a value is as likely as any other: a text, a number, a word, an empty list. */
function withValuesExchanged(text: string, dice: Dice): string {
  const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[\]|\{\}/g)];
  if (places.length === 0) return dice.pick(values);
  const place = dice.pick(places);
  const value = dice.once(2) ? dice.pick(values) : JSON.stringify(nastyText(dice));
  const changed = text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
  return dice.once(3) ? withValuesExchanged(changed, dice) : changed;
}
