/** `nx run mirror:report` of the packed package: what Nx keeps of it, and when it has to be made again. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { cacheHits } from '../harness/cache-hits';
import { preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('nx run mirror:report', () => {
  let upstream: Lab;
  let workspace: Workspace;
  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq3');
    await workspace.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
    await workspace.seqmirrorWorks('bundle', 'bravo', `--output=${join(workspace.root, '../carried')}`);
  });
  afterAll(async () => {
    await removeWorkspaces();
    await upstream?.stop();
  });
  const inWorkspace = (...names: string[]) => join(workspace.root, ...names);
  const pageOf = () => readFile(inWorkspace('dist/mirror/report/index.html'), 'utf8');

  it('writes pages and documents, and comes whole out of the cache while no record changes', async () => {
    const first = await workspace.nxWorks('run', 'mirror:report');
    expect(cacheHits(first)).toBe(0);
    expect(first.output).toContain('pages of transfers: T0001');
    const files = (await readdir(inWorkspace('dist/mirror/report'), { recursive: true })).sort();
    expect(files).toEqual(expect.arrayContaining(['index.html', 'report.json', 'report.md', 'transfers/T0001.html']));
    expect(files.filter((file) => /^sequences\/seq3-.*\.(?:cdx|intoto)\.json$/.test(file))).toHaveLength(2);
    const page = await pageOf();
    await rm(inWorkspace('dist'), { recursive: true });
    const again = await workspace.nxWorks('run', 'mirror:report');
    expect(cacheHits(again)).toBe(1);
    expect(await pageOf()).toBe(page);
    expect((await readdir(inWorkspace('dist/mirror/report'), { recursive: true })).sort()).toEqual(files);
  });

  it.each([
    ['custody', ['validate', 'seq1', '--record'], 'every byte checked on'],
    ['a transfer', ['acknowledge', 'bravo', '--lost=T0001'], '<div>lost</div>'],
  ] as const)('is made again when %s changes', async (_what, command, shown) => {
    await workspace.seqmirrorWorks(...command);
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:report'))).toBe(0);
    expect(await pageOf()).toContain(shown);
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:report'))).toBe(1);
  });

  it('is made again when a site is added', async () => {
    await workspace.write('mirror/sites/charlie/site.yaml', 'schema: seqmirror/v1\nname: charlie\n');
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:report'))).toBe(0);
    expect(await pageOf()).toContain('charlie');
  });

  it('writes to no folder where Nx could not bring it back to', async () => {
    const outside = join(workspace.root, '../outside');
    const refused = await workspace.nx('run', 'mirror:report', `--output=${outside}`);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('SEQ0179') });
    await expect(readdir(outside)).rejects.toMatchObject({ code: 'ENOENT' });
    await workspace.seqmirrorWorks('report', `--output=${outside}`);
    expect(await readdir(outside)).toContain('index.html');
  });

  it('fails for records that are not what was sealed, whatever is in the cache', async () => {
    const [folder] = (await readdir(inWorkspace('mirror/content'))).filter((name) => name.startsWith('seq2-'));
    const file = `mirror/content/${folder}/seq-metadata.yaml`;
    const text = await readFile(inWorkspace(file), 'utf8');
    await workspace.write(file, text.replace(/engine_version: .*/, 'engine_version: another'));
    const { code, output } = await workspace.nx('run', 'mirror:report');
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('SEQ0233') });
    await workspace.write(file, text);
    await workspace.nxWorks('run', 'mirror:report');
  });
});
