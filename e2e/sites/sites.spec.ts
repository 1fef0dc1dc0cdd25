import { aChain } from '../../testing/worlds/chain';
import { codeFor, receiptText } from '../../testing/worlds/receipts';
import { createWorkspace, removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

/** By the packed plugin, on records of a chain without archives: sites need no more. */
describe('sites in a workspace', () => {
  let workspace: Workspace;
  const nx = (...args: string[]) => workspace.nxWorks(...args);
  const seqmirror = (...args: string[]) => workspace.seqmirrorWorks(...args);

  beforeAll(async () => {
    workspace = await createWorkspace();
    await nx('g', 'seqmirror:mirror', 'mirror');
    const chain = aChain().baseline('baseline', { adds: 3 }).differential('logging', { adds: 2 }).build();
    for (const [path, text] of Object.entries(chain.files)) await workspace.write(`mirror/content/${path}`, text);
    await nx('g', 'seqmirror:site', 'bravo', '--media=bd25');
    await nx('g', 'seqmirror:site', 'charlie', '--receipts=code');
  });
  afterAll(removeWorkspaces);

  const location = () => ({
    workspaceRoot: workspace.root,
    mirrorRoot: 'mirror',
    name: 'mirror',
    env: workspace.env,
  });

  it('are projects that nothing depends on', async () => {
    expect(await workspace.projects()).toEqual(expect.arrayContaining(['mirror-site-bravo', 'mirror-site-charlie']));
    expect((await workspace.edges()).filter((edge) => edge.includes('site'))).toEqual([]);
  });

  it('acknowledge with a receipt, and change nothing the second time', async () => {
    const when = '2026-12-01T10:00:00Z';
    await workspace.write('r', await receiptText(location(), { site: 'bravo', sequence: 1, when }));
    const { output } = await seqmirror('acknowledge', 'bravo', '--receipt=r');
    expect(output).toContain('bravo: has seq1, attested (registry); it had nothing before');
    expect((await seqmirror('acknowledge', 'bravo', '--receipt=r')).output).toContain('nothing to do');
    expect(await workspace.edges()).toContain('mirror-site-bravo → mirror-seq1');
  });

  it('acknowledge with a code', async () => {
    const code = await codeFor(location(), { site: 'charlie', sequence: 2 });
    const { output } = await seqmirror('acknowledge', 'charlie', `--code=${code.toLowerCase()}`);
    expect(output).toContain('charlie: has seq2, attested');
    const wrong = await workspace.seqmirror('acknowledge', 'bravo', `--code=${code}`);
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain('SEQ0621');
  });

  it('have a status, each and together', async () => {
    const { output } = await nx('run', 'mirror:status');
    expect(output).toMatch(/bravo +seq1 +attested +registry .*\n.*charlie +seq2 +attested/);
    expect(output).toContain('Next: nx run mirror-site-bravo:bundle');
    const { stdout } = await seqmirror('status', 'charlie', '--json');
    expect(stdout).toContain('"schema": "seqmirror/status/v1"');
  });

  it('go back, and their edge with them', async () => {
    expect((await nx('run', 'mirror-site-charlie:rollback', '--wiped')).output).toContain('charlie: has nothing');
    expect((await workspace.edges()).filter((edge) => edge.includes('charlie'))).toEqual([]);
    const unclear = await workspace.seqmirror('rollback', 'bravo');
    expect(unclear.output).toContain('SEQ0614');
  });
});
