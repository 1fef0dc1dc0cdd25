/** What is in the package that npm publishes, and what it says about itself. */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runFolder } from '../../testing/run/run-folder';
import { packedPlugin } from '../harness/packed-plugin';
import { mustRun, plainEnvironment } from '../harness/run';

jest.setTimeout(5 * 60_000);

let root: string;
let files: readonly string[];
beforeAll(async () => {
  const folder = await mkdtemp(join(runFolder(), 'contents-'));
  await mustRun('tar', ['-xzf', await packedPlugin()], { cwd: folder, env: plainEnvironment() });
  root = join(folder, 'package');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
});

const text = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
const json = async (file: string): Promise<unknown> => JSON.parse(await text(file));

interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly generators: string;
  readonly executors: string;
}

describe('the package', () => {
  it('has these files beside the compiled code and the schema of each executor', () => {
    expect(files.filter((file) => !/^dist\/(?:.+\.(?:js|d\.ts)|executors\/schemas\/[a-z]+\.json)$/.test(file)))
      .toMatchInlineSnapshot(`
      [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "dist/bundle-format/receipt/receipt.sh",
        "dist/bundle-format/upload-script/seq-upload.sh",
        "dist/bundle-format/upload-script/seq-upload.sh.sha256",
        "dist/generators/adopt/schema.json",
        "dist/generators/ci/schema.json",
        "dist/generators/demo/schema.json",
        "dist/generators/init/schema.json",
        "dist/generators/mirror/schema.json",
        "dist/generators/sequence/schema.json",
        "dist/generators/site/schema.json",
        "dist/release/red-hat-release-keys.asc",
        "dist/seqmirror.cdx.json",
        "dist/system/error-texts.json",
        "dist/uploader/seqmirror-upload.cdx.json",
        "dist/uploader/seqmirror-upload.js.sha256",
        "executors.json",
        "generators.json",
        "migrations.json",
        "package.json",
        "schemas/bundle.schema.json",
        "schemas/custody.schema.json",
        "schemas/imageset-config.schema.json",
        "schemas/ledger.schema.json",
        "schemas/seq-inventory.schema.json",
        "schemas/seq-metadata.schema.json",
        "schemas/seqmirror.schema.json",
        "schemas/sequence.schema.json",
        "schemas/site.schema.json",
        "schemas/transfer.schema.json",
      ]
    `);
  });

  it('has the types of all its code, and no test', () => {
    const programs = ['dist/demo/registries.js', 'dist/uploader/seqmirror-upload.js'];
    expect(files).toEqual(expect.arrayContaining(programs));
    const code = files.filter((file) => file.endsWith('.js') && !programs.includes(file));
    expect(code.length).toBeGreaterThan(300);
    expect(code.filter((file) => !files.includes(file.replace(/\.js$/, '.d.ts')))).toEqual([]);
    expect(
      files.filter((file) => /\.(?:spec|fixture)\.|\.tsbuildinfo$|\.map$|\.ts$/.test(file.replace('.d.ts', ''))),
    ).toEqual([]);
  });

  it('says where it is from, under which licence, and that its origin is proven', async () => {
    expect(await json('package.json')).toMatchObject({
      name: 'seqmirror',
      license: 'Apache-2.0',
      homepage: expect.stringMatching(/^https:/),
      repository: { type: 'git', url: expect.stringMatching(/^git\+https:/), directory: 'plugin' },
      bugs: { url: expect.stringMatching(/^https:.+\/issues$/) },
      keywords: expect.arrayContaining(['nx-plugin', 'openshift', 'oc-mirror']),
      engines: { node: '>=20.19.0' },
      'nx-migrations': { migrations: './migrations.json' },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(await text('LICENSE')).toBe(await readFile(join(__dirname, '../../LICENSE'), 'utf8'));
    expect(await text('CHANGELOG.md')).toMatch(/^# Changelog\n[^]*\(https:[^)]+\/docs\/errors\.md\)/);
  });

  it('has every file that package.json, generators.json and executors.json name', async () => {
    const { main, types, bin, exports, generators, executors } = (await json('package.json')) as Manifest;
    const rows = [
      ...Object.values(((await json('generators.json')) as { generators: object }).generators),
      ...Object.values(((await json('executors.json')) as { executors: object }).executors),
    ] as { readonly schema: string }[];
    const exported = Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry.types, entry.default],
    );
    const named = [main, types, generators, executors, ...Object.values(bin), ...rows.map(({ schema }) => schema)];
    const folders = new Set(files.map((file) => `${dirname(file)}/*`));
    const missing = [...named, ...exported]
      .map((path) => path.replace(/^\.\//, ''))
      .filter((path) => !files.includes(path) && !folders.has(path));
    expect(missing).toEqual([]);
  });

  it('links no page that is only in the repository', async () => {
    for (const page of ['README.md', 'CHANGELOG.md'])
      expect((await text(page)).match(/\]\((?!https?:|#)[^)]*\)/g) ?? []).toEqual([]);
  });
});
