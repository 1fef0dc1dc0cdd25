/** Drills of docs/repair.md for a site that lost its registry, or the cache of its oc-mirror. */
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { configOf, mirrorInOrder, preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { documentedBlocks, documentedDrills, typed } from './documented';
import { codeIn, startSite, type DrilledSite } from './site';

jest.setTimeout(5 * 60_000);

it('every section of "Recover what was lost" has a drill', async () => {
  expect([...(await documentedDrills()).keys()]).toEqual([
    // this-side.spec.ts
    'The machine was lost before the commit',
    'The store was lost',
    'Git was lost',
    // site.spec.ts
    'The registry of a site was lost',
    'The cache of oc-mirror at a site was lost',
    // signing.spec.ts
    'The signing key was lost',
    // fork.spec.ts
    'Two branches sent different sequences with the same number',
    // e2e/nx/registry.spec.ts
    'An update of seqmirror went wrong',
  ]);
});

describe('a site', () => {
  let upstream: Lab;
  let site: DrilledSite;
  let workspace: Workspace;
  const disk = (name: string): string => join(workspace.root, '..', name);
  const ubi = 'ubi9/ubi:9.5';

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    site = await startSite();
    workspace = await preparedWorkspace(upstream, 'seq3');
    await workspace.nxWorks('g', 'seqmirror:site', 'bravo');
    await workspace.seqmirrorWorks('bundle', '--site=bravo', `--output=${disk('first')}`);
    const code = codeIn(await site.upload(workspace, disk('first')));
    await workspace.seqmirrorWorks('acknowledge', 'bravo', `--code=${code}`);
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=bravo has seq3');
  });
  afterAll(async () => {
    await Promise.all([upstream?.stop(), site?.stop()]);
    await removeWorkspaces();
  });

  it('whose registry was lost gets everything again', async () => {
    const [send = '', upload = '', record = ''] = await documentedBlocks('The registry of a site was lost', 3);
    await site.loseRegistry();
    await typed(send, { workspace, instead: { '/media/disk': disk('again') } });
    const without = await site.upload(workspace, disk('again'), upload.replace(' --again', ''));
    expect(without.output).toContain('nothing to do. (--again uploads it once more.)');
    expect(await site.digestOf(ubi)).toBeUndefined();

    const code = codeIn(await site.upload(workspace, disk('again'), upload));
    expect(await site.digestOf(ubi)).toBe(await upstream.digestOf(`registry.redhat.io/${ubi}`));
    const { output } = await typed(record, { workspace, instead: { '<code>': code } });
    expect(output).toContain('bravo: has seq3, attested (registry); it had nothing before; T0002 is acknowledged');
    expect(output).toMatch(/^bravo +seq3 .* nothing +-$/m);
  });

  it('whose cache was lost is not expected to have it, and uploads without it', async () => {
    const [lost = '', upload = ''] = await documentedBlocks('The cache of oc-mirror at a site was lost', 2);
    const ledger = await workspace.read('mirror/sites/bravo/ledger.yaml');
    await workspace.write('mirror/sites/bravo/ledger.yaml', ledger.replaceAll('held_in: registry', 'held_in: both'));
    expect((await workspace.seqmirrorWorks('status')).output).toMatch(/^bravo +seq3 +attested +both /m);
    expect((await typed(lost, { workspace })).output).toMatch(/^bravo +seq3 +attested +registry /m);

    await workspace.nxWorks('g', 'seqmirror:sequence', 'add-more');
    await workspace.write('mirror/content/seq4-add-more/imageset-config.yaml', configOf(4));
    await mirrorInOrder(workspace, ['seq4']);
    await workspace.seqmirrorWorks('bundle', '--site=bravo', `--output=${disk('next')}`);
    const code = codeIn(await site.upload(workspace, disk('next'), upload));
    const { output } = await workspace.seqmirrorWorks('acknowledge', 'bravo', `--code=${code}`);
    expect(output).toContain('bravo: has seq4');
    expect(await site.digestOf('acme/more:4.1')).toBe(await upstream.digestOf('quay.io/acme/more:4.1'));
  });
});
