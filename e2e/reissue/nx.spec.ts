import { cp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { sha256Of } from '../harness/file-tree';
import { preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('a sequence that is reissued by Nx', () => {
  let upstream: Lab;
  let workspace: Workspace;
  const [seq1, seq2] = smallChain;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq2');
  });
  afterAll(async () => {
    await removeWorkspaces();
    await upstream.stop();
  });

  const archive = (folder: string) => join(workspace.root, 'mirror/content', folder, 'mirror_000001.tar');

  it('says that nothing is wrong', async () => {
    expect((await workspace.nxWorks('run', 'mirror-seq1:reissue')).stdout).toContain(
      `${seq1}: 1 archive is as sealed, nothing to do`,
    );
  });

  it('comes back from nothing but Git and the registry, in a clone on another machine', async () => {
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Seal');
    const clone = await workspace.clone();
    for (const [number, folder] of [seq1, seq2].entries()) {
      const dry = await clone.nxWorks('run', `mirror-seq${number + 1}:reissue`, '--dryRun', '--json');
      const plan = JSON.parse(dry.stdout.slice(dry.stdout.indexOf('{'), dry.stdout.lastIndexOf('}') + 1)) as unknown;
      expect(plan).toMatchObject({
        schema: 'seqmirror/reissue/v1',
        kind: 'planned',
        plan: { archives: [{ name: 'mirror_000001.tar', how: 'laid out as sealed' }], sources: [{ kind: 'registry' }] },
      });
      await clone.nxWorks('run', `mirror-seq${number + 1}:reissue`);
      const made = join(clone.root, 'mirror/content', folder, 'mirror_000001.tar');
      expect(await sha256Of(made)).toBe(await sha256Of(archive(folder)));
    }
    expect((await clone.git('status', '--short')).stdout).toBe('');
    expect((await clone.nxWorks('run', 'mirror:validate')).stdout).toContain('PROVEN');
  });

  it('takes folders with copies, more than one, and asks no registry then', async () => {
    const disks = ['disk1', 'disk2'].map((name) => join(workspace.root, '..', name));
    const sum = await sha256Of(archive(seq1));
    await cp(join(workspace.root, 'mirror/content', seq1), join(disks[1] ?? '', seq1), { recursive: true });
    await cp(join(workspace.root, 'mirror/content', seq2), join(disks[0] ?? '', seq2), { recursive: true });
    const { ino } = await stat(archive(seq1));
    await workspace.nxWorks('run', 'mirror:list');
    await rm(archive(seq1));
    await rm(join(workspace.dataFolder), { recursive: true });
    upstream.journal.clear();
    const { stdout } = await workspace.nxWorks('run', 'mirror-seq1:reissue', ...disks.map((disk) => `--from=${disk}`));
    expect(stdout).toContain(`copied as a whole from ${join(disks[1] ?? '', seq1, 'mirror_000001.tar')}`);
    expect(stdout).toContain('Next: nx run mirror:validate --sequence=seq1');
    expect(upstream.journal.entries).toEqual([]);
    expect(await sha256Of(archive(seq1))).toBe(sum);
    expect((await stat(archive(seq1))).ino).not.toBe(ino);
  });

  it('ends with a message, and not with success, if it is no longer available', async () => {
    await rm(archive(seq2));
    await rm(join(workspace.dataFolder), { recursive: true });
    const remove = upstream.fault({ match: { path: /acme\/tool\// }, action: { status: 404 } });
    const { code, output } = await workspace.nx('run', 'mirror-seq2:reissue');
    remove();
    expect(code).not.toBe(0);
    expect(output).toContain('SEQ0330 seq2-add-tool cannot be reissued');
    expect(output).toContain('needed by quay.io/acme/tool:1.2');
    expect(await workspace.read(`mirror/content/${seq2}/custody.yaml`)).toContain('state: lost');
  });
});
