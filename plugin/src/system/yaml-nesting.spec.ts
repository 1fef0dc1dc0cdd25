import { tooDeeplyNestedAt } from './yaml-nesting';

describe('tooDeeplyNestedAt', () => {
  it.each([
    { name: 'flow sequences', text: `a: 1\nb: ${'['.repeat(500)}` },
    { name: 'flow maps over many lines', text: 'a: 1\n' + '{a:\n'.repeat(500), line: 102 },
    { name: 'block sequences in one line', text: `a:\n${'- '.repeat(500)}x` },
    { name: 'block sequences with tags', text: `a:\n${'- !x '.repeat(100)}x` },
    { name: 'explicit keys', text: `a:\n${'? '.repeat(500)}` },
    {
      name: 'block maps',
      text: Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      line: 102,
    },
  ])('names the line for $name', ({ text, line = 2 }) => {
    expect(tooDeeplyNestedAt(text)).toBe(line);
  });

  it.each([
    { name: 'a usual file', text: 'a:\n  - b: [1, 2]\n    c: { d: 1 }\n' },
    { name: 'many collections side by side', text: 'a: [{ b: [] }]\n'.repeat(1000) },
    { name: 'comments far to the right', text: `a: 1\n${' '.repeat(500)}# here [[[[\n` },
    { name: 'blank lines of many spaces', text: `a: 1\n${' '.repeat(500)}\n` },
  ])('lets $name pass', ({ text }) => {
    expect(tooDeeplyNestedAt(text)).toBeUndefined();
  });
});
