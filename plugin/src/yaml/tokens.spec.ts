import { yamlTokens } from './tokens';

const tooDeepLine = (text: string): number | undefined => {
  const { tooDeepAt } = yamlTokens(text);
  return tooDeepAt === undefined ? undefined : text.slice(0, tooDeepAt).split('\n').length;
};

describe('yamlTokens', () => {
  it.each([
    { name: 'flow sequences', text: `a: 1\nb: ${'['.repeat(500)}`, line: 2 },
    { name: 'flow maps over many lines', text: 'a: 1\n' + '{a:\n'.repeat(500), line: 64 },
    { name: 'brackets that seem closed within strings', text: `a:\n  ${'["]",'.repeat(500)}`, line: 2 },
    { name: 'braces that seem closed within strings', text: `a:\n  ${'{"}":'.repeat(500)}`, line: 2 },
    { name: 'brackets that seem closed within comments', text: '[ # ]\n'.repeat(500), line: 64 },
    { name: 'block sequences in one line', text: `a:\n${'- '.repeat(500)}x`, line: 2 },
    { name: 'explicit keys', text: `a:\n${'? '.repeat(500)}`, line: 2 },
    {
      name: 'block maps',
      text: Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      line: 64,
    },
  ])('stops at $name', ({ text, line }) => {
    expect(tooDeepLine(text)).toBe(line);
  });

  it.each([
    { name: 'a usual file', text: 'a:\n  - b: [1, 2]\n    c: { d: 1 }\n' },
    { name: 'many collections side by side', text: 'a: [{ b: [] }]\n'.repeat(1000) },
    { name: 'comments far to the right', text: `a: 1\n${' '.repeat(500)}# here [[[[\n` },
    { name: 'blank lines of many spaces', text: `a: 1\n${' '.repeat(500)}\n` },
    { name: 'brackets within strings', text: `a: "${'['.repeat(500)}"` },
  ])('accepts $name', ({ text }) => {
    expect(tooDeepLine(text)).toBeUndefined();
  });
});
