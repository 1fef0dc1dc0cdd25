import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodes } from '../../plugin/src/system/error-codes';
import { errorWords } from './error-words';
import { generatedFiles } from './generated-files';
import { optionsTable, settingsTable } from './options-table';
import { withSections } from './sections';

const root = join(__dirname, '../..');

describe('what npm run docs makes', () => {
  it('is what is committed', async () => {
    for (const [path, text] of await generatedFiles(root)) {
      expect({ path, text: readFileSync(join(root, path), 'utf8') }).toEqual({ path, text });
    }
  });

  it('is every schema of the package', async () => {
    const made = [...(await generatedFiles(root)).keys()].filter((path) => path.startsWith('plugin/schemas/'));
    expect(
      readdirSync(join(root, 'plugin/schemas'))
        .map((name) => `plugin/schemas/${name}`)
        .sort(),
    ).toEqual(made.sort());
  });

  it('documents every error code', async () => {
    const page = (await generatedFiles(root)).get('docs/errors.md') ?? '';
    expect(Object.keys(errorCodes).filter((code) => !page.includes(code))).toEqual([]);
  });
});

describe('errorWords', () => {
  it('finds what, why and next of each code, except where the caller says all of it', async () => {
    const words = await errorWords(join(root, 'plugin/src'));
    expect(
      Object.keys(errorCodes)
        .filter((code) => !words.has(code))
        .sort(),
    ).toEqual(['SEQ0150', 'SEQ0151', 'SEQ0170', 'SEQ0610', 'SEQ0620']);
  });

  it('reads literal texts, names of values, conditions as alternatives, short functions, and what callers give', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'error-words-'));
    await writeFile(
      join(folder, 'errors.ts'),
      `
      const fromGit = (file: string) => \`\\\`git restore \${file}\\\`\`;
      export const a = explain<{ n: number; name: string; isNew: boolean; file: string }>('SEQ0001', (facts) => {
        const host = printable(facts.name.slice(0, 9));
        return {
          what: \`\${counted(facts.n, 'image')} of \${host} \${facts.n === 1 ? 'is' : 'are'} lost\`,
          why: facts.isNew ? 'It is new' : 'It is ' + 'old',
          next: fromGit(facts.file),
        };
      });
      export const b = finding<{ next: string }>('SEQ0001', ({ next }) => ({ what: 'plain', next }));
      const c = { code: 'SEQ0002', what: 'an object', ...(isNew ? { why: 'sometimes' } : {}) };
      export const d = explain<{ why: string }>('SEQ0003', ({ why }) => ({ what: 'refused', why }));
      const refuse = (why: string) => d({ why });
      if (isLong) throw refuse('It is too long');
      throw d({ why: 'It is too short' });
      export const e = explain<{ what: string; next: string }>('SEQ0004', ({ what, next }) => ({ what: printable(what), why: 'Nothing was written', next }));
      const stop = (what: string, next: string) => e({ what, next });
      stop('one is missing', 'Give one');
      stop(\`\${given} is wrong\`, 'Give one');
      e({ what: 'two are missing', next: 'Give two' });
      export const f = explain<{ path: string; what: string }>('SEQ0005', ({ path, what }) => ({ what: \`bad: \${path} \${what}\` }));
      f({ path, what: 'is a link' });
      `,
    );
    const words = await errorWords(folder);
    await rm(folder, { recursive: true });
    expect(Object.fromEntries(words)).toEqual({
      SEQ0001: [
        {
          what: ['<number> images of <name> are lost'],
          why: ['It is new', 'It is old'],
          next: ['`git restore <file>`'],
        },
        { what: ['plain'], why: [], next: [] },
      ],
      SEQ0002: [{ what: ['an object'], why: ['sometimes'], next: [] }],
      SEQ0003: [{ what: ['refused'], why: ['It is too long', 'It is too short'], next: [] }],
      SEQ0004: [
        { what: ['one is missing', '<value> is wrong'], why: ['Nothing was written'], next: ['Give one'] },
        { what: ['two are missing'], why: ['Nothing was written'], next: ['Give two'] },
      ],
      SEQ0005: [{ what: ['bad: <path> is a link'], why: [], next: [] }],
    });
  });
});

describe('withSections', () => {
  const text = 'a\n<!-- made by npm run docs: x -->\nold\n<!-- end: x -->\nb\n';

  it('replaces what is between the marks, and nothing else', () => {
    expect(withSections(text, { x: 'new' })).toBe('a\n<!-- made by npm run docs: x -->\n\nnew\n\n<!-- end: x -->\nb\n');
  });

  it.each([
    { name: 'a section that the file lacks', sections: { x: '', y: '' }, file: text },
    { name: 'a mark that nothing is made for', sections: {}, file: text },
    { name: 'a section twice', sections: { x: '' }, file: text + text },
    { name: 'a section without an end', sections: { x: '' }, file: '<!-- made by npm run docs: x -->' },
  ])('refuses $name', ({ sections, file }) => {
    expect(() => withSections(file, sections)).toThrow();
  });
});

describe('optionsTable', () => {
  it('has what must be given first, says defaults, and leaves out what Nx fills in', () => {
    const table = optionsTable({
      properties: {
        base: { type: 'string', enum: ['previous', 'none'], default: 'previous', description: 'The base.' },
        cwd: { type: 'string', visible: false },
        file: { type: 'string', description: 'Copied to <name>, not `<file>`' },
        name: { type: 'string', description: 'The name.', $default: { $source: 'argv', index: 0 } },
      },
      required: ['name'],
    });
    expect(table).toMatchInlineSnapshot(`
      "| Option | Type | Meaning |
      | --- | --- | --- |
      | \`--name\`, or the first word | string | The name. **Required**. |
      | \`--base\` | \`previous\`, \`none\` | The base. Default: \`previous\`. |
      | \`--file\` | string | Copied to &lt;name>, not \`<file>\`. |"
    `);
  });
});

describe('settingsTable', () => {
  it('names nested keys by their path', () => {
    const hosts = { additionalProperties: { properties: { insecure: { type: 'boolean', description: 'Plain.' } } } };
    expect(settingsTable({ properties: { registries: { properties: { hosts } } } })).toContain(
      '`registries.hosts.<name>.insecure`',
    );
  });
});
