import type { Lab } from '../../testing/lab/lab';
import { cacheHits, foundSealed } from '../harness/cache-hits';
import { configOf, preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('a chain of which Nx shows the last sequence', () => {
  let upstream: Lab;
  let workspace: Workspace;
  const [seq1, seq2] = smallChain;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq3');
    await show('1');
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Mirror');
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  async function show(value: string): Promise<void> {
    const settings = (await workspace.read('mirror/seqmirror.yaml')).replace(/^graph:\n.*\n/gm, '');
    await workspace.write('mirror/seqmirror.yaml', `${settings}graph:\n  show: ${value}\n`);
  }

  it('has a project for the others together, and edges to it', async () => {
    expect(await workspace.projects()).toEqual(['mirror', 'mirror-older', 'mirror-seq3']);
    expect(await workspace.edges()).toEqual(['mirror → mirror-seq3', 'mirror-seq3 → mirror-older']);
  });

  it('draws the chain again when more are shown, and when fewer are', async () => {
    await show('all');
    const all = ['mirror → mirror-seq3', 'mirror-seq2 → mirror-seq1', 'mirror-seq3 → mirror-seq2'];
    expect(await workspace.edges()).toEqual(all);
    await show('2');
    const two = ['mirror → mirror-seq3', 'mirror-seq2 → mirror-older', 'mirror-seq3 → mirror-seq2'];
    expect(await workspace.edges()).toEqual(two);
    await show('1');
    expect(await workspace.edges()).toEqual(['mirror → mirror-seq3', 'mirror-seq3 → mirror-older']);
  });

  it('checks all of them, and takes that from the cache', async () => {
    expect(foundSealed(await workspace.nxWorks('run', 'mirror:seq3'))).toBe(3);
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:seq3'))).toBe(2);
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:seq1'))).toBe(1);
  });

  it.each([seq1, seq2])('notices an edit of %s, which is folded', async (folder) => {
    const file = `mirror/content/${folder}/imageset-config.yaml`;
    await workspace.write(file, configOf(4));
    const affected = await workspace.nxWorks('show', 'projects', '--affected', '--uncommitted', '--json');
    expect((JSON.parse(affected.stdout) as string[]).sort()).toEqual(['mirror', 'mirror-older', 'mirror-seq3']);
    const { code, output } = await workspace.nx('run', 'mirror:seq3');
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(`SEQ0201 ${file}`) });
    await workspace.git('checkout', '--quiet', file);
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:seq3'))).toBe(2);
  });

  it('reaches each by the mirror', async () => {
    const one = await workspace.nxWorks('run', 'mirror:validate', '--sequence=seq1');
    expect(one.stdout).toContain(`${seq1}: PROVEN`);
    expect(one.stdout).not.toContain(seq2);
    const two = await workspace.nxWorks('run', 'mirror:reissue', `--sequence=${seq2}`, '--dryRun');
    expect(two.stdout).toContain(seq2);
    const wrong = await workspace.nx('run', 'mirror:upload', '--sequence=seq7', '--registry=registry.example/x');
    expect(wrong.output).toContain('SEQ0232 There is no sequence seq7 in mirror/content');
  });

  it('is validated whole where Nx runs tasks apart: no task of its own reads the folded ones', async () => {
    const outcome = await workspace.nxWorks('run-many', '-t', 'validate', '--batch=false', '--output-style=stream');
    expect(outcome.output).toContain('mirror: 3 PROVEN (deep: every byte of ');
  });
});
