import { codesIn, file, mirrorOf, withImage } from './config.fixture';
import { parseImageSet } from './document';

// Not a measurement: other suites may use the machine at the same time.
jest.setTimeout(120_000);

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index) => {
    const before = 'abcdefgh'[index] as string;
    return `${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`;
  }),
].join('\n');

describe('parseImageSet, with texts that nobody wrote by hand,', () => {
  it.each([
    {
      name: 'five megabytes',
      text: `${withImage('')}${'#'.repeat(5 * 1024 * 1024)}`,
      expected: ['SEQ0104 undefined:undefined'],
    },
    { name: 'a million open brackets', text: '['.repeat(1024 * 1024), expected: ['SEQ0104 1:64'] },
    {
      name: 'five thousand brackets, closed again',
      text: `a: ${'['.repeat(5000)}${']'.repeat(5000)}`,
      expected: ['SEQ0104 1:65'],
    },
    { name: 'half a million nested lists', text: '- '.repeat(512 * 1024), expected: ['SEQ0104 1:125'] },
    {
      name: 'maps within maps',
      text: Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      expected: ['SEQ0104 33:33'],
    },
    { name: 'an alias bomb', text: bomb, expected: ['SEQ0104 1:9'] },
    { name: 'a NUL', text: 'kind: a\u0000b\n', expected: ['SEQ0103 1:8'] },
    { name: 'an escape sequence', text: 'kind: \u001b[31mred\n', expected: ['SEQ0103 1:7'] },
    { name: 'half a surrogate pair', text: 'kind: \ud800\n', expected: ['SEQ0103 1:7'] },
  ])('refuses $name', ({ text, expected }) => {
    expect(codesIn(text)).toEqual(expected.map((code) => expect.stringContaining(code.split(' ')[0] as string)));
  });

  it('refuses control characters written as escapes, and prints none', () => {
    const { findings } = parseImageSet(mirrorOf('additionalImages: [{ name: "quay.io/a\\e[2Jb:1" }]'), file);
    expect(findings.map(({ code }) => code)).toContain('SEQ0108');
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(JSON.stringify(findings)).not.toMatch(/[\u0000-\u001f]|(?<!\\)\\u001b/);
  });

  it('reads forty thousand keys of one map, and finds the one written twice', () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`);
    expect(codesIn([...keys, 'k7: 2'].join('\n'))).toEqual(['SEQ0109 40001:1']);
  });

  it('reads twenty thousand images', () => {
    const images = Array.from({ length: 20_000 }, (_, index) => `- name: quay.io/a/image-${index}:1`).join('\n');
    expect(codesIn(mirrorOf(`additionalImages:\n${images}`))).toEqual([]);
  });

  it('is not slowed down by a target or pattern made to backtrack', () => {
    const text = mirrorOf(`additionalImages: [{ name: 'quay.io/a/b:1', targetRepo: '${'a'.repeat(250)}!' }]
blockedImages: [{ name: '${'(a*)*'.repeat(200)}' }]`);
    expect(codesIn(text)).toEqual(['SEQ0114 4:59']);
  });

  it('stays within bounds and never throws, wherever the text is cut', () => {
    const text = `a: &a [x]\nb: &b { c: *a }\n${mirrorOf('operators: [{ catalog: "a\\x41", packages: [ {name: *a, <<: [*b, *b]} ] }]')}`;
    for (let end = 0; end < text.length; end += 1) expect(() => parseImageSet(text.slice(0, end), file)).not.toThrow();
  });
});
