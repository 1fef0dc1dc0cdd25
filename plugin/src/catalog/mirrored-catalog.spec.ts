import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workingDirAt } from '../archive/working-dir';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { filterIds } from './filter-id';
import { findCatalog } from './mirrored-catalog';

const original = `sha256:${'34'.repeat(32)}` as Digest;
const rebuilt = `sha256:${'7d'.repeat(32)}` as Digest;

describe('findCatalog', () => {
  const entry = { catalog: 'registry.redhat.io/redhat/index:v4.19', packages: [{ name: 'a' }] };
  let workingDir: string;
  const complete = () => ({ workingDir: workingDirAt(workingDir), from: 'complete' as const });

  beforeEach(async () => {
    workingDir = await mkdtemp(join(tmpdir(), 'seqmirror-'));
  });
  afterEach(() => rm(workingDir, { recursive: true }));

  async function filteredAs(id: string, digest: string): Promise<string> {
    const folder = join('operator-catalogs', 'index', hexOf(original), 'filtered-catalogs', id);
    await mkdir(join(workingDir, folder), { recursive: true });
    await writeFile(join(workingDir, folder, 'digest'), digest);
    return folder;
  }
  const id = '20f0dd3b1b5f8a7a9e8b7e0a1d5f7a64';

  it('finds neither a catalog that is not in the cache nor one that was not rebuilt', async () => {
    expect(await findCatalog(entry, { tags: new Map(), ...complete() })).toBeUndefined();
    expect(
      await findCatalog(entry, { tags: new Map([['redhat/index:v4.19', original]]), ...complete() }),
    ).toBeUndefined();
  });

  it('takes a catalog that is mirrored whole as it is', async () => {
    const whole = { catalog: entry.catalog, full: true };
    expect(await findCatalog(whole, { tags: new Map([['redhat/index:v4.19', original]]), ...complete() })).toEqual({
      entry: whole,
      repository: 'redhat/index',
      original: { tag: 'v4.19', digest: original },
      folder: `operator-catalogs/index/${hexOf(original)}`,
    });
  });

  it('finds the rebuilt catalog when folder and tag agree on its digest', async () => {
    const [current] = filterIds(entry, original) as [string];
    const filteredFolder = await filteredAs(current, hexOf(rebuilt));
    const tags = new Map([
      ['redhat/index:v4.19', original],
      [`redhat/index:${current}`, rebuilt],
    ]);
    expect(await findCatalog(entry, { tags, ...complete() })).toEqual({
      entry,
      repository: 'redhat/index',
      original: { tag: 'v4.19', digest: original },
      rebuilt: { tag: current, digest: rebuilt },
      folder: filteredFolder,
    });
    await filteredAs(current, hexOf(original));
    expect(await findCatalog(entry, { tags, ...complete() })).toBeUndefined();
  });

  it('does not accept a catalog that was filtered for another configuration', async () => {
    await filteredAs(id, hexOf(rebuilt));
    const tags = new Map([
      ['redhat/index:v4.19', original],
      [`redhat/index:${id}`, rebuilt],
    ]);
    expect(await findCatalog(entry, { tags, ...complete() })).toBeUndefined();
  });

  it('trusts archives: whatever tag they have, and even without a tag for a catalog by digest', async () => {
    const byDigest = { catalog: `registry.redhat.io/redhat/index@${original}`, packages: entry.packages };
    const [current] = filterIds(byDigest, original) as [string];
    const folder = await filteredAs(current, hexOf(rebuilt));
    const search = { tags: new Map(), workingDir: workingDirAt(workingDir) };
    expect(await findCatalog(byDigest, { ...search, from: 'complete' })).toBeUndefined();
    expect(await findCatalog(byDigest, { ...search, from: 'archives' })).toMatchObject({
      rebuilt: { tag: current, digest: rebuilt },
      folder,
    });
  });
});
