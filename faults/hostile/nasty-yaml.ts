import type { Dice } from '../../testing/lab/random';
import { damaged, nastyText } from './nasty';

/** Whether a text is made from a good one, from structure that goes too far, or from the alphabet alone. */
export function hostileYaml(dice: Dice, good: string): string {
  if (!dice.once(3)) return damaged(good, dice, tokens);
  const structure = dice.pick(structures)(dice);
  if (dice.once(3)) return structure;
  if (dice.once(2)) return soup(dice);
  const lines = good.split('\n');
  return lines.toSpliced(dice.number(lines.length), 0, structure).join('\n');
}

const tokens: readonly string[] = [
  ': ',
  '- ',
  '? ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '#',
  ' #',
  '&a ',
  '*a',
  '!!str ',
  '!!binary ',
  '!!set ',
  '!!omap ',
  '!<tag:yaml.org,2002:python/object/apply:os.system> ',
  '!x ',
  '| ',
  '>-',
  '|9+\n',
  '"',
  "'",
  '\\',
  '\n',
  '\n  ',
  '\t',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '%TAG ! !\n',
  '<<: ',
  '<<<<<<< HEAD\n',
  '=======\n',
  '>>>>>>> x\n',
  '~',
  'null',
  '.inf',
  '.nan',
  '0x1F',
  '0o17',
  '1_000',
  '12:30:45',
  '2026-11-23T06:08:52Z',
  'yes',
  '"\\u0000"',
  '"\\e[2J"',
  '"\\ud800"',
  '"\\U0001f4a3"',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u0000',
  '\u001b[2J',
  '__proto__: ',
  'schema: seqmirror/v2\n',
];

const times = (dice: Dice): number => dice.pick([2, 10, 33, 100, 1_000, 20_000]);

const structures: readonly ((dice: Dice) => string)[] = [
  (dice) =>
    dice
      .pick(['[', '{', '{a: ', '- ', '? ', '[[', '{[', '- ? ', '["]",', '{"}":', "[']',", '!x [', '&a ['])
      .repeat(times(dice)),
  (dice) => `a: ${'['.repeat(1_000)}${']'.repeat(dice.number(1_001))}`,
  (dice) => dice.pick(['[ # ]\n', '{ # }\n', '- # -\n', '? # ?\n', '- |\n  ]\n']).repeat(times(dice)),
  (dice) =>
    Array.from(
      { length: Math.min(times(dice), 1_000) },
      (_, depth) => `${' '.repeat(depth)}${dice.pick(['a:', '-', '?'])}`,
    ).join('\n'),
  (dice) =>
    [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from(
        { length: 9 },
        (_, at) => `${at}: &${'bcdefghij'[at]} [${Array(9).fill(`*${'abcdefghi'[at]}`).join()}]`,
      ),
    ].join(dice.pick(['\n', '\r\n'])),
  () => 'a: &a { b: *a }\nc: &a [*a, *a]\n<<: *a\n',
  (dice) => `&a : *a\n<<: [${'*a, '.repeat(times(dice))}*a]\n<<: { __proto__: { x: 1 } }`,
  (dice) => Array.from({ length: Math.min(times(dice), 20_000) }, (_, at) => `k${at % 17_000}: ${at}`).join('\n'),
  (dice) => `{${Array.from({ length: Math.min(times(dice), 20_000) }, (_, at) => `k${at}: ,`).join('')}}`,
  (dice) => `${'a'.repeat(times(dice))}: "${nastyText(dice).repeat(20)}"\n`,
  (dice) => '---\n'.repeat(times(dice)),
  (dice) =>
    dice.pick(['%YAML 9.9\n---\n', '%TAG !e! tag:e,2000:\n--- !e!x\n', '%\n', '...\n...\n', '\ufeff\ufeff---\n']) +
    'a: b\n',
  (dice) => `"${'\\\n'.repeat(times(dice))}"`,
  (dice) => `? ${'? '.repeat(dice.number(40))}a\n: [${'a: b, '.repeat(times(dice))}]`,
  (dice) =>
    `a: |${dice.pick(['', '1', '9', '-', '+9'])}\n${' '.repeat(dice.number(20))}${nastyText(dice)}\n${' '.repeat(times(dice))}x`,
  (dice) => `__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n${nastyText(dice)}: 1`,
];

function soup(dice: Dice): string {
  return Array.from({ length: 1 + dice.number(60) }, () =>
    dice.once(4) ? nastyText(dice).slice(0, 40) : dice.pick(tokens),
  ).join('');
}
