import { configOf, smallChain } from '../harness/small-chain';
import { createWorkspace, removeWorkspaces, type Workspace, asNxDoes } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

const project = (name: string) =>
  JSON.stringify({
    name,
    targets: { build: { command: 'echo built', cache: true }, list: { command: 'echo listed' } },
  });

describe('a monorepo that has other projects', () => {
  let workspace: Workspace;
  const [seq1, seq2, seq3] = smallChain;
  const content = (folder: string, file = 'imageset-config.yaml') => `mirror/content/${folder}/${file}`;

  beforeAll(async () => {
    workspace = await createWorkspace({ env: asNxDoes });
    await workspace.write('apps/shop/project.json', project('shop'));
    await workspace.write('libs/cart/project.json', project('cart'));
    await workspace.nxWorks('g', 'seqmirror:mirror', 'mirror');
    for (const folder of smallChain) await workspace.write(content(folder), configOf(1));
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Plan');
  });
  afterAll(removeWorkspaces);
  afterEach(async () => {
    await workspace.git('checkout', '--quiet', '.');
    await workspace.git('clean', '-fdq');
  });

  async function othersWork(): Promise<void> {
    expect(await workspace.projects()).toEqual(expect.arrayContaining(['cart', 'mirror', 'mirror-seq1', 'shop']));
    const { output } = await workspace.nxWorks('run-many', '--target=build', '--skip-nx-cache');
    expect(output).toContain('Successfully ran target build for 2 projects');
  }

  it('shows the chain beside them', async () => {
    expect(await workspace.projects()).toEqual(['cart', 'mirror', 'mirror-seq1', 'mirror-seq2', 'mirror-seq3', 'shop']);
    expect(await workspace.edges()).toEqual([
      'mirror → mirror-seq3',
      'mirror-seq2 → mirror-seq1',
      'mirror-seq3 → mirror-seq2',
    ]);
  });

  it('describes each target', async () => {
    const { stdout } = await workspace.nxWorks('show', 'project', 'mirror', '--json');
    const { targets } = JSON.parse(stdout) as { targets: Record<string, { metadata: { description: string } }> };
    expect(Object.entries(targets).map(([name, { metadata }]) => `${name}: ${metadata.description}`)).toEqual([
      'seq1: Mirror seq1-baseline, after the planned sequences before it: `mirror-seq1:mirror`',
      'seq2: Mirror seq2-add-tool, after the planned sequences before it: `mirror-seq2:mirror`',
      'seq3: Mirror seq3-add-web, after the planned sequences before it: `mirror-seq3:mirror`',
      'latest: Mirror every sequence that is not sealed yet, in order',
      'plan: Show what the next sequence would download, or what has changed upstream since the last sequence',
      'list: List the sequences: state, sizes, needed sequences, place of the archives',
      'diff: Show what changed between two sequences; default: in the last sequence',
      'info: Show the settings and their sources, the engine, the data directory, and versions',
      'doctor: Find problems before a run: engine, disk space, locks, records, clock, sites, registries',
      'status: Show what each site has, and which bundles are on their way or overdue',
      'metrics: Write metrics for Prometheus: sizes, times, custody, and what each site lacks',
      'report: Write a page about the mirror, and a page to sign for each transfer',
      'export: Write the cluster resources of all sites as folders for kustomize and Argo CD',
      'validate: Check that every sequence of the chain is complete and as it was sealed',
      'upload: Upload the newest sealed sequence into a registry that this machine can reach',
      'reissue: Make lost or damaged archives of the newest sealed sequence, or of another sequence, again',
      'custody: List the copies of all archives; with --copy, make copies; with --verify, verify the copies',
      'prune: Show which old archives you can delete or move; with --apply, delete or move them',
      'restore: Copy the archives of a sequence back from the place to which prune moved them, or from another copy',
      'bundle: Write a bundle that brings the newest sealed sequence to a site',
      'renumber: Give a sequence the next free number, if another sequence has the same number',
      'sign: Sign chain.lock as it is: after setting up signing, a change of the key, or a merge',
      "countersign: Add a second person's signature to chain.lock, or to a bundle",
      'unlock: Remove the lock that a killed run left, after a check that no run holds the lock',
      'explain: Explain an error code, and say what to do',
    ]);
  });

  it('takes what follows an edited sequence for affected, and nothing else', async () => {
    await workspace.write(content(seq2), configOf(2));
    const { stdout } = await workspace.nxWorks('show', 'projects', '--affected', '--uncommitted', '--json');
    expect((JSON.parse(stdout) as string[]).sort()).toEqual(['mirror', 'mirror-seq2', 'mirror-seq3']);
  });

  it('redraws the chain when a sequence goes, and when it comes back', async () => {
    await workspace.edges();
    await workspace.remove(`mirror/content/${seq2}`);
    expect(await workspace.edges()).toEqual(['mirror → mirror-seq3', 'mirror-seq3 → mirror-seq1']);
    await workspace.git('checkout', '--quiet', '.');
    expect(await workspace.edges()).toEqual([
      'mirror → mirror-seq3',
      'mirror-seq2 → mirror-seq1',
      'mirror-seq3 → mirror-seq2',
    ]);
  });

  it.each([
    {
      broken: 'an imageset configuration that is no YAML',
      file: content(seq1),
      text: 'mirror: [\n',
      task: 'mirror:seq1',
      says: 'SEQ01',
    },
    {
      broken: 'settings that are no YAML',
      file: 'mirror/seqmirror.yaml',
      text: '{{{',
      task: 'mirror:seq1',
      says: 'SEQ01',
    },
    {
      broken: 'a second folder with the number 2',
      file: content('seq2-zebra'),
      text: configOf(2),
      task: 'mirror:seq2-zebra',
      says: 'SEQ02',
    },
    {
      broken: 'a folder whose name is not a sequence',
      file: content('seq4'),
      text: configOf(2),
      task: 'mirror:seq4',
      says: 'SEQ0232',
    },
    {
      broken: 'records that are no records',
      file: content(seq3, 'seq-metadata.yaml'),
      text: '\u0000\u0001',
      task: 'mirror:seq3',
      says: 'SEQ0',
    },
  ])('continues beside $broken, which reports its problem when it is run', async ({ file, text, task, says }) => {
    await workspace.write(file, text);
    await othersWork();
    const { code, output } = await workspace.nx('run', task);
    expect(code).not.toBe(0);
    expect(output).toContain(says);
  });

  it('goes on beside a sequence that lost its configuration', async () => {
    await workspace.remove(content(seq2));
    await othersWork();
  });

  it('leaves names to other plugins if it is asked to', async () => {
    const nxJson = JSON.parse(await workspace.read('nx.json')) as Record<string, unknown>;
    const plugins = [{ plugin: 'seqmirror', options: { targetPrefix: 'chain-' } }];
    await workspace.write('nx.json', JSON.stringify({ ...nxJson, plugins }));
    const { output } = await workspace.nxWorks('run-many', '--target=list');
    expect(output).toContain('Successfully ran target list for 2 projects');
    const { stdout } = await workspace.nxWorks('run', 'mirror:chain-list', '--json');
    expect(stdout).toContain('"schema": "seqmirror/list/v1"');
    const refused = await workspace.nx('run', 'mirror:chain-validate');
    expect(refused.output).toContain('nx run mirror:chain-latest');
  });

  it('takes a name that a project.json gives the mirror or a sequence', async () => {
    await workspace.write('mirror/project.json', '{ "name": "glass" }');
    await workspace.write(content(seq1, 'project.json'), '{ "name": "first" }');
    expect(await workspace.edges()).toEqual([
      'glass → mirror-seq3',
      'mirror-seq2 → first',
      'mirror-seq3 → mirror-seq2',
    ]);
    const { stdout } = await workspace.nxWorks('run', 'glass:seq2', '--graph=stdout');
    const { tasks } = JSON.parse(stdout) as { tasks: { dependencies: Record<string, string[]> } };
    expect(tasks.dependencies).toEqual({
      'glass:seq2': ['glass:seq1', 'mirror-seq2:mirror'],
      'glass:seq1': ['first:mirror'],
      'mirror-seq2:mirror': ['first:mirror'],
      'first:mirror': [],
    });
  });
});
