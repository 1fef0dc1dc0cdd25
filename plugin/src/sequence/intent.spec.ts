import fc from 'fast-check';
import { renderExplanation } from '../system/errors';
import { BaseChoice, SequenceIntent, numberInBase, parseSequenceIntent, renderSequenceIntent } from './intent';
import { prettierFormats } from './prettier.fixture';

const file = 'mirror/content/seq2-add-logging/sequence.yaml';
const codesIn = (text: string) => parseSequenceIntent(text, file).findings.map(({ code }) => code);
const saidOf = (text: string) => parseSequenceIntent(text, file).findings.map(renderExplanation).join('\n');

describe('parseSequenceIntent', () => {
  it('fills in the base', () => {
    expect(parseSequenceIntent('schema: seqmirror/v1\ndescription: add logging\n', file)).toEqual({
      intent: { schema: 'seqmirror/v1', description: 'add logging', base: 'previous' },
      findings: [],
    });
  });

  it('reads Windows line ends and a byte order mark', () => {
    const text = '\ufeffschema: seqmirror/v1\r\ndescription: "add: logging" # why\r\nbase: seq1\r\nrefresh: true\r\n';
    expect(parseSequenceIntent(text, file).intent).toMatchObject({
      description: 'add: logging',
      base: 'seq1',
      refresh: true,
    });
  });

  it('lists all that is wrong, each with its place', () => {
    const text = 'schema: seqmirror/v1\nbase: 1\nrefesh: true\nrefresh: "yes"\n';
    expect(saidOf(text)).toMatchInlineSnapshot(`
      "SEQ0151 mirror/content/seq2-add-logging/sequence.yaml:1:1: \`description\` is missing
        Next:  Write \`schema: seqmirror/v1\` and a description. The base is previous, none, or an earlier sequence such as seq1
      SEQ0151 mirror/content/seq2-add-logging/sequence.yaml:2:7: \`base\` must be previous, none, or an earlier sequence such as seq1, but is 1
      SEQ0151 mirror/content/seq2-add-logging/sequence.yaml:3:1: \`refesh\` is not a key of this file
        Next:  If you mean \`refresh\`, write \`refresh\`
      SEQ0151 mirror/content/seq2-add-logging/sequence.yaml:4:10: \`refresh\` must be true or false, but is "yes""
    `);
  });

  it.each([
    { name: 'broken YAML', text: 'schema: [', code: 'SEQ0150' },
    {
      name: 'a key that appears twice',
      text: 'schema: seqmirror/v1\nschema: seqmirror/v1\ndescription: a\n',
      code: 'SEQ0150',
    },
    { name: 'two documents', text: 'schema: seqmirror/v1\n---\ndescription: a\n', code: 'SEQ0150' },
    { name: 'an alias', text: 'schema: seqmirror/v1\ndescription: &a b\nconfig_source: *a\n', code: 'SEQ0150' },
    { name: 'deep nesting', text: `schema: seqmirror/v1\ndescription: ${'['.repeat(10_000)}`, code: 'SEQ0150' },
    { name: 'deeply nested lists', text: '- '.repeat(10_000), code: 'SEQ0150' },
    { name: 'too much text', text: `# ${'x'.repeat(70_000)}`, code: 'SEQ0150' },
    { name: 'no text', text: '', code: 'SEQ0151' },
    { name: 'a list', text: '- a', code: 'SEQ0151' },
    { name: 'an empty description', text: 'schema: seqmirror/v1\ndescription: ""', code: 'SEQ0151' },
    { name: 'a terminal escape', text: 'schema: seqmirror/v1\ndescription: "a\\eb"', code: 'SEQ0151' },
    {
      name: 'a base in a spelling of the future',
      text: 'schema: seqmirror/v1\ndescription: a\nbase: seq01',
      code: 'SEQ0151',
    },
    {
      name: 'a key that every object inherits',
      text: 'schema: seqmirror/v1\ndescription: a\n__proto__: {}',
      code: 'SEQ0151',
    },
    { name: 'another schema', text: 'schema: other/v1\ndescription: a', code: 'SEQ0151' },
    { name: 'a newer schema, whatever else the file says', text: 'schema: seqmirror/v2\nnew: 1', code: 'SEQ0210' },
    {
      name: 'a merge conflict',
      text: 'schema: seqmirror/v1\n<<<<<<< HEAD\ndescription: a\n=======\ndescription: b\n>>>>>>> other\n',
      code: 'SEQ0212',
    },
  ])('refuses $name', ({ text, code }) => {
    expect(codesIn(text)).toEqual([code]);
    expect(parseSequenceIntent(text, file).intent).toBeUndefined();
  });

  it('names the seqmirror that reads a newer file', () => {
    const text = 'schema: seqmirror/v3\nprovenance:\n  seqmirror: 4.1.0\n';
    expect(saidOf(text)).toMatchInlineSnapshot(`
      "SEQ0210 mirror/content/seq2-add-logging/sequence.yaml:1:1: the schema of this file is seqmirror/v3, but this seqmirror reads only seqmirror/v1
        Why:   seqmirror 4.1.0 wrote this file
        Next:  Run \`npm install --save-dev seqmirror@4.1.0\`"
    `);
  });

  it('never throws', () => {
    const line = fc.constantFrom(
      'schema: seqmirror/v1',
      'description: a',
      'base: none',
      '- ',
      '? ',
      '{',
      '*a',
      '&a b',
      '\t',
      '"',
      '|',
      '<<: x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => void parseSequenceIntent(lines.join('\n'), file)),
    );
  });
});

describe('renderSequenceIntent', () => {
  it('writes a file that explains itself', () => {
    expect(
      renderSequenceIntent({
        schema: 'seqmirror/v1',
        description: 'add cluster-logging',
        base: 'previous',
        refresh: true,
        config_source: '../seq1-baseline/imageset-config.yaml',
      }),
    ).toMatchInlineSnapshot(`
      "# The intent of this sequence. You can edit this file and imageset-config.yaml until the sequence is sealed.

      schema: seqmirror/v1
      description: add cluster-logging
      # The base, whose blobs the archives leave out: all earlier sequences (previous),
      # one earlier sequence and its own base (seq1), or no sequence, for a new baseline (none).
      base: previous
      # The imageset configuration is the same as before, because catalogs and tags have changed.
      refresh: true
      config_source: ../seq1-baseline/imageset-config.yaml
      "
    `);
  });

  // prettier-ignore
  const troublesome = ['yes', '12', '1e3', 'null', '~', 'a: b', 'a #b', '- a', '"', "'", '2026-11-23', '*a', '[', 'a  b', '%x', '|', '0x1f', '1:30'];
  const anyBase = fc.oneof(
    fc.constantFrom('previous' as const, 'none' as const),
    fc.integer({ min: 1, max: 999_999 }).map((number) => `seq${number}` as const),
  );
  const anyLine = (maxLength: number) =>
    fc
      .oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength }), fc.constantFrom(...troublesome))
      .filter((text) => SequenceIntent.shape.description.safeParse(text).success);
  const anyIntent = fc.record(
    {
      schema: fc.constant('seqmirror/v1' as const),
      description: anyLine(100),
      base: anyBase,
      refresh: fc.boolean(),
      config_source: anyLine(100),
    },
    { requiredKeys: ['schema', 'description', 'base'] },
  );

  it('writes a text that is read back unchanged: %j', () => {
    fc.assert(
      fc.property(anyIntent, (intent) => {
        expect(parseSequenceIntent(renderSequenceIntent(intent), file)).toEqual({ intent, findings: [] });
      }),
    );
  });

  it('writes a file that prettier leaves alone', async () => {
    await fc.assert(
      fc.asyncProperty(anyIntent, async (intent) => {
        const text = renderSequenceIntent(intent);
        for (const formatted of await prettierFormats(text)) expect(formatted).toBe(text);
      }),
      { numRuns: 50 },
    );
  }, 60_000);
});

describe('numberInBase', () => {
  it.each([
    ['previous', undefined],
    ['none', undefined],
    ['seq12', 12],
  ] as const)('of %s is %s', (base, number) => {
    expect(numberInBase(BaseChoice.parse(base))).toBe(number);
  });
});
