import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Linter } from 'eslint';
import borders, { objectionTo } from './borders.mjs';

describe('objectionTo', () => {
  it.each([
    { from: 'archive/write', to: 'oci/digest' },
    { from: 'mirroring/prepare', to: 'mirror/settings' },
    { from: 'executors/list/executor', to: 'api' },
    { from: 'validation/validate', to: 'archive/hashing/hashing' },
    { from: 'archive/hashing/hash-pool', to: 'archive/hashing/hash-program' },
    { from: 'api', to: 'mirroring/mirror-sequence' },
    { from: 'executors/list/executor', to: 'report/text/listing' },
  ])('lets $from import $to', ({ from, to }) => expect(objectionTo(from, to)).toBeUndefined());

  it.each([
    { from: 'archive/write', to: 'engine/engine', because: 'may import only from rooms below it' },
    { from: 'mirroring/prepare', to: 'validation/validate', because: 'may import only from rooms below it' },
    { from: 'validation/validate', to: 'archive/hashing/hash-pool', because: 'is in archive/hashing/hashing.ts' },
    { from: 'archive/verify', to: 'archive/hashing/hash-pool', because: 'is in archive/hashing/hashing.ts' },
    { from: 'adoption/measure', to: 'engine/oc-mirror/version', because: 'what others may use of engine/oc-mirror/' },
    { from: 'executors/list/executor', to: 'chain/list-sequences', because: 'reaches use cases through api.ts' },
    { from: 'executors/upload/executor', to: 'upload/upload-errors', because: 'errors of other rooms stay there' },
    { from: 'cellar/door', to: 'oci/digest', because: 'cellar has no row' },
    { from: 'archive/write', to: 'cellar/door', because: 'cellar has no row' },
  ])('keeps $from from importing $to', ({ from, to, because }) => expect(objectionTo(from, to)).toContain(because));
});

describe('the rules', () => {
  let source: string;
  beforeAll(() => {
    source = mkdtempSync(join(tmpdir(), 'seqmirror-borders-'));
    const files = {
      'oci/digest.ts': "import type { B } from './reference';\nexport type A = B;\n",
      'oci/reference.ts': "import type { C } from './tag';\nexport type B = C;\n",
      'oci/tag.ts': "export type C = import('./digest').A;\n",
      'archive/write.ts': "import { a } from '../engine/engine';\nexport const b = a;\n",
      'archive/write.spec.ts': "import { a } from '../engine/engine';\nexport const b = a;\n",
      'engine/engine.ts': 'export const a = 1;\n',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(source, name)), { recursive: true });
      writeFileSync(join(source, name), text);
    }
  });
  afterAll(() => rmSync(source, { recursive: true, force: true }));

  const said = async (file: string) => {
    const { parser } = await import('typescript-eslint');
    const options = [{ source }];
    const text = (await import('node:fs')).readFileSync(join(source, file), 'utf8');
    return new Linter({ cwd: source })
      .verify(
        text,
        [
          {
            files: ['**/*.ts'],
            languageOptions: { parser: parser as never },
            plugins: { seqmirror: borders },
            rules: { 'seqmirror/rooms': ['error', ...options], 'seqmirror/no-cycle': ['error', ...options] },
          },
        ],
        join(source, file),
      )
      .map(({ message }) => message);
  };

  it('find a cycle of types alone', async () => {
    expect(await said('oci/digest.ts')).toEqual(['import cycle: oci/digest → oci/reference → oci/tag → oci/digest']);
  });

  it('find an import that goes up, and let specs look anywhere', async () => {
    expect(await said('archive/write.ts')).toEqual([
      'archive may import only from rooms below it in tools/lint/rooms.mjs',
    ]);
    expect(await said('archive/write.spec.ts')).toEqual([]);
  });
});
