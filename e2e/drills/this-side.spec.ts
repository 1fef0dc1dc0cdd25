/** Drills of docs/repair.md for the side that mirrors: a lost machine, a lost store, lost Git. A disk of a bundle is left. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { mirrorInOrder, preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
import { createWorkspace, removeWorkspaces, type Workspace } from '../harness/workspace';
import { documentedBlocks, typed } from './documented';
import { startSite, type DrilledSite } from './site';

jest.setTimeout(5 * 60_000);

describe('a machine that mirrors', () => {
  let upstream: Lab;
  let site: DrilledSite;
  /** Whose seq3 was sent and not committed. */
  let lost: Workspace;
  let lock: string;
  let disk: string;
  let receipt: string;
  let clone: Workspace;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    site = await startSite();
    lost = await preparedWorkspace(upstream, 'seq2');
    await lost.nxWorks('g', 'seqmirror:site', 'bravo');
    await lost.git('add', '--all');
    await lost.git('commit', '--quiet', '--message=Mirror seq1 and seq2');
    await mirrorInOrder(lost, ['seq3']);
    disk = join(lost.root, '../disk');
    await lost.seqmirrorWorks('bundle', '--site=bravo', `--output=${disk}`);
    await site.upload(lost, disk);
    const receipts = join(site.folder, 'receipts');
    receipt = join(receipts, (await readdir(receipts)).find((name) => name.endsWith('.receipt')) ?? '');
    lock = await lost.read('mirror/content/chain.lock');
    clone = await lost.clone();
  });
  afterAll(async () => {
    await Promise.all([upstream?.stop(), site?.stop()]);
    await removeWorkspaces();
  });

  it('that was lost before the commit has seq3 again from its bundle, and takes the receipt for it', async () => {
    const [fromBundle = ''] = await documentedBlocks('The machine was lost before the commit', 2);
    expect(await clone.read('mirror/content/chain.lock')).not.toBe(lock);
    const { output } = await typed(fromBundle, { workspace: clone, instead: { '/media/disk': disk } });
    expect(output).toContain('Restored: the record of T0001 for bravo');
    expect(await clone.read('mirror/content/chain.lock')).toBe(lock);
    expect((await clone.seqmirrorWorks('validate')).output).toContain('3 PROVEN');
    const known = await clone.seqmirrorWorks('acknowledge', 'bravo', `--receipt=${receipt}`);
    expect(known.output).toContain(
      'bravo: has seq3, attested (registry); it had nothing before; T0001 is acknowledged',
    );
  });

  it('that was lost before the commit mirrors seq3 again if nothing was sent', async () => {
    const [, again = ''] = await documentedBlocks('The machine was lost before the commit', 2);
    const other = await lost.clone();
    const { output } = await typed(again, { workspace: other });
    expect(output).toContain('seq3-add-web: sealed sha256:');
    expect(output).toContain('3 images: 1 new');
  });

  it('whose store was lost has all archives again', async () => {
    const [reissue = ''] = await documentedBlocks('The store was lost', 1);
    await rm(clone.dataFolder, { recursive: true });
    for (const folder of smallChain)
      await rm(join(clone.root, 'mirror/content', folder, 'mirror_000001.tar'), { force: true });
    expect((await clone.seqmirror('validate')).output).toContain('3 RECORDS OK');
    const { output } = await typed(reissue, { workspace: clone, instead: { '/media/disk': disk } });
    expect(output).toContain('mirror: 3 PROVEN');
  });

  it('whose Git was lost has its chain again from a bundle, and takes the receipt for it', async () => {
    const [restore = ''] = await documentedBlocks('Git was lost', 1);
    const fresh = await createWorkspace({ env: upstream.env() });
    const edit = `id=$(sed -n 's/^mirror=//p' '${disk}/bundle.env'); sed -i "s/^id: .*/id: $id/" "$1"`;
    await typed(restore, { workspace: fresh, instead: { '/media/disk': disk }, edit });
    expect(await fresh.read('mirror/content/chain.lock')).toBe(lock);
    expect((await fresh.seqmirrorWorks('validate', '--depth=quick')).output).toContain('3 CONSISTENT');
    const known = await fresh.seqmirrorWorks('acknowledge', 'bravo', `--receipt=${receipt}`);
    expect(known.output).toContain('bravo: has seq3');
  });
});
