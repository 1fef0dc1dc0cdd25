import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const plugin = join(__dirname, '../..');
const readJson = (file: string) => JSON.parse(readFileSync(join(plugin, file), 'utf8')) as Record<string, unknown>;
/** While it works in this repository, Nx takes the source of a path in dist/. */
const sourceOf = (path: string) => path.replace('./dist/', 'src/');

interface Listed {
  readonly implementation?: string | undefined;
  readonly factory?: string | undefined;
  readonly schema: string;
  readonly description: string;
}

const listed = (['executors', 'generators'] as const).flatMap((kind) =>
  Object.entries(readJson(`${kind}.json`)[kind] as Record<string, Listed>).map(
    ([name, entry]) => [`${kind.slice(0, -1)} ${name}`, entry] as const,
  ),
);

describe.each(listed)('%s', (_name, { implementation, factory, schema, description }) => {
  const options = readJson(sourceOf(schema)) as {
    description: string;
    additionalProperties: boolean;
    properties: Record<string, { description?: string | undefined }>;
    required: string[];
    examples?: { command: string; description: string }[];
  };

  it('has its code in the file that it names', async () => {
    const [path = '', name = 'default'] = (implementation ?? factory ?? '').split('#');
    expect(existsSync(join(plugin, `${sourceOf(path)}.ts`))).toBe(true);
    // Nx looks for the last name of the path in src, and accepts a folder as well as a file.
    expect(existsSync(join(plugin, 'src', basename(path)))).toBe(false);
    expect(await import(join(plugin, sourceOf(path)))).toHaveProperty(name, expect.any(Function));
  });

  it('has the same description in both places', () => expect(options.description).toBe(description));

  it('refuses unknown options, and explains those that it knows', () => {
    expect(options.additionalProperties).toBe(false);
    for (const property of Object.values(options.properties)) expect(property.description).toMatch(/\.$/);
    expect(Object.keys(options.properties)).toEqual(expect.arrayContaining(options.required));
  });

  it('has examples, which Nx prints with --help', () => {
    const { examples = [] } = options;
    expect(examples.length).toBeGreaterThan(0);
    for (const { command, description: what } of examples) {
      expect(command).toMatch(/^nx (?:run|g|add) /);
      expect(what).toMatch(/^\S.*[^.]$/);
    }
  });
});
