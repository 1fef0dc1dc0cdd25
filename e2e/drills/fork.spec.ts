/** A drill of docs/repair.md: two branches sealed a seq3 each, and each was sent to a site. */
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { configOf, mirrorInOrder, preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { documentedBlocks, typed } from './documented';
import { codeIn, startSite, type DrilledSite } from './site';

jest.setTimeout(5 * 60_000);

describe('a chain of which two branches were sent', () => {
  let upstream: Lab;
  let one: Workspace;
  let other: Workspace;
  const sites = new Map<string, DrilledSite>();
  const codes = new Map<string, string>();
  const siteOf = (name: string): DrilledSite => sites.get(name) as DrilledSite;

  async function sealAndSend(workspace: Workspace, name: string, site: string, config: string): Promise<void> {
    const folder = `mirror/content/seq3-${name}`;
    await workspace.write(`${folder}/imageset-config.yaml`, config);
    await workspace.write(`${folder}/sequence.yaml`, `schema: seqmirror/v1\ndescription: ${name}\n`);
    await mirrorInOrder(workspace, ['seq3']);
    const disk = join(workspace.root, '../disk');
    await workspace.seqmirrorWorks('bundle', `--site=${site}`, `--output=${disk}`);
    codes.set(site, codeIn(await siteOf(site).upload(workspace, disk)));
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', `--message=${name}`);
  }

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    one = await preparedWorkspace(upstream, 'seq2');
    await one.remove('mirror/content/seq3-add-web');
    for (const site of ['bravo', 'charlie']) {
      sites.set(site, await startSite());
      await one.write(`mirror/sites/${site}/site.yaml`, `schema: seqmirror/v1\nname: ${site}\n`);
    }
    await one.git('add', '--all');
    await one.git('commit', '--quiet', '--message=Begin');
    other = await one.clone();
    await other.seqmirrorWorks('reissue', 'seq1');
    await other.seqmirrorWorks('reissue', 'seq2');
    await sealAndSend(one, 'add-web', 'bravo', configOf(3));
    await sealAndSend(other, 'add-more', 'charlie', configOf(4).replace(/.*acme\/web.*\n/, ''));
    await other.git('fetch', '--quiet', one.root);
    await expect(other.git('merge', 'FETCH_HEAD')).rejects.toThrow('Merge conflict in mirror/content/chain.lock');
  });
  afterAll(async () => {
    await Promise.all([upstream, ...sites.values()].map((each) => each?.stop()));
    await removeWorkspaces();
  });

  it('is one chain again, and both sites have what they acknowledge', async () => {
    const [merge = '', send = ''] = await documentedBlocks(
      'Two branches sent different sequences with the same number',
      2,
    );
    const merged = await typed(merge, { workspace: other });
    expect(merged.output).toContain('seq3-add-more is now seq4-add-more, with a new seal and the same archives');
    const refused = await other.seqmirror('acknowledge', 'charlie', `--code=${codes.get('charlie')}`);
    expect(refused.code).toBe(1);

    const disk = join(other.root, '../again');
    await typed(send, { workspace: other, instead: { '/media/disk': disk, T0002: 'T0001' } });
    const uploaded = await siteOf('charlie').upload(other, disk);
    expect(uploaded.output).toMatch(/upload +\d+ images? \(\d+ unchanged\)/);
    await other.seqmirrorWorks('acknowledge', 'charlie', `--code=${codeIn(uploaded)}`);
    await other.seqmirrorWorks('acknowledge', 'bravo', `--code=${codes.get('bravo')}`);
    const { output } = await other.seqmirrorWorks('status');
    expect(output).toMatch(/^bravo +seq3 .* 1 /m);
    expect(output).toMatch(/^charlie +seq4 .* - +nothing /m);
    expect((await other.seqmirrorWorks('validate')).output).toContain('4 PROVEN');

    const rest = join(other.root, '../rest');
    await other.seqmirrorWorks('bundle', '--site=bravo', `--output=${rest}`);
    await other.seqmirrorWorks('acknowledge', 'bravo', `--code=${codeIn(await siteOf('bravo').upload(other, rest))}`);
    const more = await upstream.digestOf('quay.io/acme/more:4.1');
    for (const site of sites.values()) expect(await site.digestOf('acme/more:4.1')).toBe(more);
  });
});
