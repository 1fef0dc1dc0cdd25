import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { runFolder } from '../../testing/run/run-folder';
import { packedPlugin } from '../harness/packed-plugin';
import { mustRun, plainEnvironment } from '../harness/run';

jest.setTimeout(5 * 60_000);

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

const files = ['dist/seqmirror.cdx.json', 'dist/uploader/seqmirror-upload.cdx.json'] as const;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(runFolder(), 'package-'));
  await mustRun('tar', ['-xzf', await packedPlugin()], { cwd: folder, env: plainEnvironment() });
});

const textOf = (file: string): Promise<string> => readFile(join(folder, 'package', file), 'utf8');
const bomIn = async (file: (typeof files)[number]): Promise<Bom> => JSON.parse(await textOf(file)) as Bom;
const namesOf = ({ components }: Bom): string[] =>
  components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));

describe('the bills of materials in the package', () => {
  it.each(files)('%s is CycloneDX 1.6 by its published schema', async (file) => {
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(await textOf(file))).toBeNull();
  });

  it('name every package that npm installs with it, and no other', async () => {
    const cwd = await mkdtemp(join(runFolder(), 'installed-'));
    await writeFile(join(cwd, 'package.json'), '{}');
    const flags = ['--package-lock-only', '--legacy-peer-deps'];
    await mustRun('npm', ['install', ...flags, await packedPlugin()], { cwd, env: plainEnvironment() });
    const lock = JSON.parse(await readFile(join(cwd, 'package-lock.json'), 'utf8')) as { packages: object };
    const installed = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ''));
    const bom = await bomIn(files[0]);
    expect([...new Set(namesOf(bom))].sort()).toEqual(
      [...new Set(installed)].filter((name) => !['', 'seqmirror'].includes(name)).sort(),
    );
  });

  it('name the packages that the far side program says are in it, and the sum of its bytes', async () => {
    const bom = await bomIn(files[1]);
    const program = await readFile(join(folder, 'package/dist/uploader/seqmirror-upload.js'));
    const listed = [...program.toString('utf8').matchAll(/^\/\/ {3}(\S+) (\S+) \(/gm)].map(
      ([, name]) => name as string,
    );
    expect(listed.length).toBeGreaterThan(5);
    expect(namesOf(bom).sort()).toEqual(listed.sort());
    const sha256 = createHash('sha256').update(program).digest('hex');
    expect(bom.metadata.component.hashes).toEqual([{ alg: 'SHA-256', content: sha256 }]);
  });
});
