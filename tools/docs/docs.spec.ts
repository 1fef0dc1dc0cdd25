import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../../plugin/src/system/error-codes';
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
