import { z } from 'zod';
import { readYaml } from './read-yaml';

const format = {
  schema: z.strictObject({ a: z.string() }),
  codes: { text: 'SEQ0150', value: 'SEQ0151' },
  maxCharacters: 4 * 1024 ** 2,
} as const;
const found = (text: string) =>
  readYaml(text, 'a.yaml', format).findings.map(({ code, at, what }) => `${code} ${at?.line}:${at?.column} ${what}`);

describe('a key that the schema does not have', () => {
  const nested = {
    ...format,
    schema: z.strictObject({
      signing: z.strictObject({ threshold: z.number() }).optional(),
      retries: z.number().optional(),
      sites: z.array(z.strictObject({ registry: z.string() })).optional(),
    }),
  };
  const nextOf = (text: string) => readYaml(text, 'a.yaml', nested).findings.map(({ next }) => next);

  it.each([
    { text: 'retires: 1\n', next: 'If you mean `retries`, write `retries`' },
    { text: 'signing: { treshold: 1 }\n', next: 'If you mean `threshold`, write `threshold`' },
    { text: 'sites: [{ regisrty: a }]\n', next: 'If you mean `registry`, write `registry`' },
    { text: 'zzzzzzzz: 1\n', next: 'Use one of these keys: signing, retries, sites' },
    { text: 'signing: { zzzzzzzz: 1 }\n', next: 'Use one of these keys: threshold' },
  ])('is compared with the known keys: $text', ({ text, next }) => {
    expect(nextOf(text)).toContain(next);
  });
});

describe('readYaml', () => {
  it.each([
    { name: 'brackets that seem closed within strings', text: '["]",'.repeat(20_000) },
    { name: 'braces that seem closed within strings', text: '{"}":'.repeat(20_000) },
    { name: 'a comment that seems to close a bracket', text: '[ # ]\n'.repeat(5_000) },
  ])('refuses $name, which once ended the process', ({ text }) => {
    expect(found(text)).toEqual([expect.stringContaining('the values at this place are nested too deeply')]);
  });

  it('names keys that are written twice, in time for a hundred thousand of them', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`);
    expect(found([...keys, 'k7: 2'].join('\n'))).toEqual(['SEQ0150 100001:1 the key `k7` is already in this map']);
  });

  it('names the first hundred of a hundred thousand keys that do not belong there', () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(found(text)).toHaveLength(100);
  });

  it('refuses keys that are maps, which as text became longer than a string can be', () => {
    expect(found(`${'? '.repeat(30)}a`)[0]).toBe('SEQ0150 1:3 a key must be a plain text, not a list or a map');
  });

  it('refuses a second document', () => {
    expect(found('a: b\n---\na: c\n')).toEqual(['SEQ0150 2:1 a second YAML document begins at this line']);
  });
});
