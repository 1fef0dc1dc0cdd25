import { isMap, isScalar } from 'yaml';
import { expectLinear } from '../../../../testing/run/growth';
import { readGoYaml } from './go-yaml';

/** Line and column of the refusal, and its words; nothing where the text is taken. */
function refusalOf(text: string): string | undefined {
  const { refused, second } = readGoYaml(text);
  const offset = refused?.offset ?? second;
  if (offset === undefined) return undefined;
  const before = text.slice(0, offset).split(/\r\n?|\n/);
  const words = refused === undefined ? 'second document' : 'problem' in refused ? refused.problem : refused.kind;
  return `${before.length}:${(before.at(-1) as string).length + 1} ${words}`;
}

// Each was given to oc-mirror 4.19, 4.20, 4.21 and main (2026-08), which all refuse it.
const refused = [
  { name: 'a tab on an empty line', text: 'a: b\n\t\nc: d\n', expected: '2:1 a line is indented with a tab' },
  {
    name: 'a tab after spaces on an empty line',
    text: 'a:\n  b: c\n \t\n  d: e\n',
    expected: '3:2 a line is indented',
  },
  { name: 'a tab before a comment', text: 'a: b\n\t# c\nd: e\n', expected: '2:1 a line is indented with a tab' },
  { name: 'a tab before the first key', text: '\ta: b\n', expected: '1:1 a value cannot begin with this character' },
  {
    name: 'a tab on an empty line behind a list',
    text: 'a:\n- b: "c"\n\t\nd: e\n',
    expected: '3:1 a value cannot begin',
  },
  { name: 'a tab in a block scalar that is not yet indented', text: 'a: |\n\tb\n', expected: '2:1 a line is indented' },
  { name: 'U+2028, which ends a comment', text: 'a: b\n# c\u2028d\n', expected: '3:1 this line is neither' },
  {
    name: 'U+2029, which ends a plain text',
    text: 'a: b\u2029c: d\u2029e\nf: g\n',
    expected: '2:1 this line is neither',
  },
  { name: 'U+0085, which ends a comment', text: 'a: b # c\u0085d\ne: f\n', expected: '2:1 this line is neither' },
  { name: 'YAML 1.2', text: '%YAML 1.2\n---\na: b\n', expected: '1:1 oc-mirror reads YAML 1.1' },
  { name: 'YAML 1.1 without ---', text: '%YAML 1.1\na: b\n', expected: '2:1 --- is missing' },
  { name: 'a directive of nobody', text: '%FOO 1\n---\na: b\n', expected: '1:5 a directive (%) must be' },
  { name: 'a key below a value', text: 'a: b\n  c: d\n', expected: '2:4 a second colon' },
  { name: 'a line that is no key', text: 'a: b\nc\nd: e\n', expected: '3:1 this line is neither' },
  { name: 'a key of more than 1024 characters', text: `${'k'.repeat(1025)}: a\n`, expected: '1:1026 ' },
  { name: 'an @', text: 'a: @b\n', expected: '1:4 a value cannot begin with this character' },
  { name: 'an anchor that is not ASCII', text: 'a: &é b\n', expected: '1:5 the name of an anchor' },
  { name: 'a tag of an unknown handle', text: 'a: !x!y b\n', expected: '1:4 the handle of this tag' },
  { name: 'something that is not an escape', text: 'a: "\\/"\n', expected: '1:5 a backslash in double quotes' },
  { name: 'a list in a plain value', text: 'a: b - c: d\n', expected: '1:9 a second colon' },
  {
    name: 'a byte order mark before a later key',
    text: 'a: b\nc: d\n\ufeff e\n',
    expected: '4:1 this line is neither',
  },
];

const taken = [
  { name: 'a tab between a key and its value', text: 'a:\tb\n' },
  { name: 'a tab before a comment behind a value', text: 'a: b\t# c\n' },
  { name: 'tabs within brackets', text: 'a: [\n\tb,\n\t\n\tc ]\n' },
  { name: 'a tab in a block scalar behind its first line', text: 'a: |\n  b\n  \tc\n' },
  { name: 'U+2028 in quotes', text: 'a: "b\u2028c"\n' },
  { name: 'YAML 1.1', text: '%YAML 1.1\n---\na: b\n' },
  { name: 'old line ends', text: 'a: b\rc: d\r' },
  { name: 'a key that goes on over lines, in braces', text: 'a: { "b" : c }\n' },
  { name: 'a plain text with a colon in it', text: 'a: b:c\n' },
  { name: 'a list in the column of its key', text: 'a:\n- b\n- c\n' },
  { name: 'two documents of which the second is empty', text: 'a: b\n---\n# c\n' },
];

describe('readGoYaml', () => {
  it.each(refused)('refuses $name where oc-mirror does', ({ text, expected }) => {
    expect(refusalOf(text)?.slice(0, expected.length)).toBe(expected);
  });

  it.each(taken)('takes $name', ({ text }) => {
    expect(refusalOf(text)).toBeUndefined();
  });

  it.each([
    { name: 'a plain text over lines', text: 'a: b\n  c\n\n  d\n', expected: 'b c\nd' },
    { name: 'U+2028 between lines', text: 'a: b\u2028  c\n', expected: 'b\u2028c' },
    { name: 'U+0085 between lines', text: 'a: b\u0085  c\n', expected: 'b c' },
    { name: 'a folded text', text: 'a: >\n  b\n  c\n\n   d\n  e\n\n', expected: 'b c\n\n d\ne\n' },
    { name: 'a literal text without its end', text: 'a: |-\n  b\n\n  c\n\n', expected: 'b\n\nc' },
    { name: 'a literal text with all of its end', text: 'a: |+\n  b\n\n', expected: 'b\n\n' },
    { name: 'a literal text of a given indentation', text: 'a: |1\n  b\n', expected: ' b\n' },
    { name: 'single quotes', text: "a: 'b''c\n  d'\n", expected: "b'c d" },
    { name: 'double quotes', text: 'a: "\\x41\\u00e9\\U0001F600 \\\n   b\\n"\n', expected: 'Aé😀 b\n' },
  ])('reads $name as oc-mirror does', ({ text, expected }) => {
    const { root } = readGoYaml(text);
    const value = isMap(root) ? root.items[0]?.value : undefined;
    expect(isScalar(value) ? value.value : undefined).toBe(expected);
  });

  it('stops where a text nests too deeply', () => {
    expect(refusalOf('['.repeat(100_000))).toBe('1:33 too deep');
  });

  it('is linear in time for a megabyte of one line', () => {
    const readMany = (items: number): void => void readGoYaml(`a: [${'{ b: "c" }, '.repeat(items)}]`);
    expectLinear(readMany, 10_000);
  });
});
