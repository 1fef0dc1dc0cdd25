/** What is read plainly is read as the readers of both dialects read it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { aChain } from '../../../testing/worlds/chain';
import { goYaml, ownYaml } from './dialect';
import { readPlacedValue } from './placed-value';
import { readPlainYaml } from './plain-yaml';
import { readYamlSource } from './source';

const dialects = { own: ownYaml({ maxCharacters: 1024 ** 2 }), go: goYaml };
type Dialect = keyof typeof dialects;

const plainly = (text: string, dialect: Dialect) => readPlainYaml(text, dialects[dialect].plainScalar);
/** The value by the reader of a dialect; `refused` for a text with anything wrong, or with more than plain values. */
function closely(text: string, dialect: Dialect): unknown {
  const read = readYamlSource(text, 'a.yaml', dialects[dialect]);
  if (read.source === undefined) return 'refused';
  const { value, problems, mergedTwice } = readPlacedValue(read.source, dialects[dialect]);
  return problems.length + mergedTwice.length > 0 ? 'refused' : value;
}

function expectAlike(text: string): void {
  for (const dialect of ['own', 'go'] as const) {
    const value = plainly(text, dialect);
    // As text too: it tells the order of keys, and -0.
    if (value === undefined) continue;
    expect({ text, value, order: JSON.stringify(value) }).toEqual({
      text,
      value: closely(text, dialect),
      order: JSON.stringify(closely(text, dialect)),
    });
  }
}

const files = Object.entries(aChain().baseline('a').differential('b', { adds: 2, removes: 1 }).build().files);
const imagesets = join(__dirname, '../../../workspace/mirror/imagesets');

describe('readPlainYaml', () => {
  it.each([
    ...files.filter(([path]) => path.endsWith('.yaml')).map(([name, text]) => ({ name, text })),
    ...readdirSync(imagesets).map((name) => ({ name, text: readFileSync(join(imagesets, name), 'utf8') })),
    { name: 'lists as far left as their keys', text: 'a:\n- b\n- c: d\n  e:\n  - f\n  - g: 1\nh: i\n' },
    { name: 'more spaces behind a dash', text: 'a:\n  -   b: c\n      d: e\n  -   f\n' },
    { name: 'comments', text: '# a\na: b # c\n    # d\nc:\n# e\n  - d   # f\n\n  - "g" # h\n' },
    { name: 'quotes', text: 'a: "b: c #d"\ne: \'f - "g"\'\nh: ""\n' },
    { name: 'brackets', text: 'a: []\nb: {}\nc: [d, e]\nf: { g: 1, h: true }\ni: [ j ] # k\n' },
    { name: 'texts with signs', text: 'a: quay.io/b/c:1@sha256:ab, (d) = e~f;g%h\nb: /srv/i - j\n' },
    { name: 'what replaced a registry', text: 'a:\n  - quay.io -> 127.0.0.1:5000/quay.io\nb: c>d >e >\n' },
    { name: 'no line end', text: 'a: b' },
    { name: 'nothing', text: 'a: null\nb: [null]\n' },
  ])('reads $name', ({ text }) => {
    for (const dialect of ['own', 'go'] as const) {
      expect(plainly(text, dialect)).toBeDefined();
      expect(plainly(text, dialect)).toEqual(closely(text, dialect));
    }
  });

  it.each([
    ...['', '- a\n', 'a\n', '# a\n', '  a: b\n', 'a: b\n---\n', '--- a\n', 'a:\n', 'a:\nb: c\n', 'a: ~\n'],
    ...['a: b\n  c\n', 'a: b\n  c: d\n', 'a:\n  b: c\n d: e\n', 'a:\n    b: c\n  d: e\n', 'a:\n  - b\n    - c\n'],
    ...[
      'a: b: c\n',
      'a: b:\n',
      'a: *b\n',
      'a: &b c\n',
      'a: !!str b\n',
      'a: |\n  b\n',
      'a: >\n  b\n',
      'a: @b\n',
      'a: `b`\n',
    ],
    ...[
      'a: "b\\n"\n',
      'a: "b\n  c"\n',
      "a: 'b''c'\n",
      'a: "b" c\n',
      'a: [b\n',
      'a: [b, [c]]\n',
      'a: {b}\n',
      'a: { b: }\n',
    ],
    ...[
      'a: b\na: c\n',
      '"a": b\n',
      '? a\n: b\n',
      '<<: b\n',
      '__proto__: b\n',
      'yes: b\n',
      'a :b\n',
      'a : b\n',
      'a:b\n',
    ],
    ...[
      'a: é\n',
      'a:\tb\n',
      'a: b\r\n',
      'a: b\u0000\n',
      '\ufeffa: b\n',
      'a: b \n',
      'a: 1.5e\u0031\n\u2028',
      'a:\n- - b\n',
    ],
    `${'a:\n '.repeat(30)}b: c\n`,
  ])('leaves %j to those who look closely', (text) => {
    expect(plainly(text, 'own')).toBeUndefined();
    expect(plainly(text, 'go')).toBeUndefined();
  });

  it('reads scalars as each dialect does, or leaves them', () => {
    const words = ['y', 'yes', 'on', 'true', 'null', 'nan', 'inf', 'e', 'x', 'o', 'b'];
    const part = fc.oneof(
      fc.constantFrom(...words, '0', '1', '9', '.', '-', '+', '_', ':', '0x', '0o', 'E', 'T'),
      fc.nat(99).map(String),
    );
    const scalar = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const cased = fc
      .tuple(scalar, fc.constantFrom('as it is', 'upper', 'first'))
      .map(([text, kind]) =>
        kind === 'upper' ? text.toUpperCase() : kind === 'first' ? text.charAt(0).toUpperCase() + text.slice(1) : text,
      );
    fc.assert(
      fc.property(cased, (text) => {
        for (const line of [
          `a: ${text}\n`,
          `${text}: a\n`,
          `a: [${text}]\n`,
          `a: { ${text}: ${text} }\n`,
          `a:\n- ${text}\n`,
        ])
          expectAlike(line);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads texts of any structure as each dialect does, or leaves them', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        'cd',
        'name',
        '1',
        '12.5',
        '4.19.2',
        'true',
        'no',
        ': ',
        ':',
        ' ',
        '  ',
        '    ',
        '- ',
        '-',
        '\n',
        '\n  ',
      ],
      ...[
        '\n    ',
        '\n- ',
        '\n  - ',
        '#',
        ' # ',
        '"',
        "'",
        '[',
        ']',
        '{ ',
        ' }',
        ', ',
        '&x',
        '*x',
        '!',
        '|',
        '>',
        '~',
        '@',
        '%',
      ],
      ...[
        '\\',
        '=',
        '(',
        ')',
        ';',
        '/',
        'a: b',
        'c: d',
        '\na:',
        '\nb: c',
        '\n  d: e',
        '\n  - f: g',
        '\n    h: i',
        '[]',
        '{}',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => expectAlike(`a:${pieces.join('')}\n`)),
      { numRuns: 20_000 },
    );
  });

  it('reads real files as each dialect does after any small change, or leaves them', () => {
    const texts = [
      ...files.filter(([path]) => path.endsWith('.yaml')).map(([, text]) => text.slice(0, 2500)),
      ...readdirSync(imagesets).map((name) => readFileSync(join(imagesets, name), 'utf8')),
    ];
    const change = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      removed: fc.nat(3),
      put: fc.constantFrom(
        '',
        ' ',
        '  ',
        '\n',
        '#',
        ':',
        ': ',
        '- ',
        '"',
        "'",
        '[',
        '}',
        'a: b\n',
        '\n\n',
        '0',
        'e',
        '&',
        '*',
      ),
    });
    fc.assert(
      fc.property(change, ({ text, at, removed, put }) => {
        const place = Math.floor(at * text.length);
        expectAlike(text.slice(0, place) + put + text.slice(place + removed));
      }),
      { numRuns: 1500 },
    );
  });
});
