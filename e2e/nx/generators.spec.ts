import { mustRun } from '../harness/run';
import { configOf } from '../harness/small-chain';
import { createWorkspace, removeWorkspaces, type Workspace, asNxDoes } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('generators of the packed plugin', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace({ env: asNxDoes });
  });
  afterAll(removeWorkspaces);

  it('say how to make a mirror in a workspace without one', async () => {
    const { code, output } = await workspace.nx('g', 'seqmirror:sequence', 'baseline');
    expect(code).toBe(1);
    expect(output).toMatch(
      /SEQ0160 There is no mirror in this workspace\s+Why: .*\s+Next: {2}nx g seqmirror:mirror mirror/,
    );
  });

  it('make a mirror, and set the workspace up once', async () => {
    const { output } = await workspace.nxWorks('g', 'seqmirror:mirror', 'platform/mirror', '--name=platform');
    expect(output).toContain('CREATE platform/mirror/seqmirror.yaml');
    expect(output).toContain('Next: nx g seqmirror:sequence baseline --mirror=platform --from=<imageset config>');
    const files = ['nx.json', '.gitignore', '.gitattributes', '.prettierignore', '.env'];
    const contents = () => Promise.all(files.map((file) => workspace.read(file)));
    const before = await contents();
    await workspace.nxWorks('g', 'seqmirror:init');
    expect(await contents()).toEqual(before);
  });

  it('write nothing when run dry', async () => {
    await workspace.write('isc.yaml', configOf(1));
    const { output } = await workspace.nxWorks('g', 'seqmirror:sequence', 'baseline', '--from=isc.yaml', '--dry-run');
    expect(output).toContain('CREATE platform/mirror/content/seq1-baseline/imageset-config.yaml');
    expect((await workspace.projects()).filter((name) => name.startsWith('platform'))).toEqual(['platform']);
  });

  it('take a configuration from outside the workspace, and leave it as it is', async () => {
    await workspace.write('../elsewhere/isc.yaml', configOf(1));
    await workspace.nxWorks('g', 'seqmirror:sequence', 'baseline', '--from=../elsewhere/isc.yaml');
    expect(await workspace.read('platform/mirror/content/seq1-baseline/imageset-config.yaml')).toBe(configOf(1));
  });

  it('refuse what oc-mirror would refuse, with file and line, and write nothing', async () => {
    await workspace.write('isc.yaml', configOf(1).replace('additionalImages', 'aditionalImages'));
    const { code, output } = await workspace.nx('g', 'seqmirror:sequence', 'add-more', '--from=isc.yaml');
    expect(code).toBe(1);
    expect(output).toContain('SEQ0101 isc.yaml:4:3: ');
    expect(await workspace.projects()).not.toContain('platform-seq2');
  });

  it('accept a base by its number', async () => {
    await workspace.nxWorks('g', 'seqmirror:sequence', 'again', '--base=1', '--refresh');
    const intent = await workspace.read('platform/mirror/content/seq2-again/sequence.yaml');
    expect(intent).toContain('\nbase: seq1\n');
    expect(intent).toContain('\nrefresh: true\n');
  });

  it('find the mirror that the person is in', async () => {
    await workspace.nxWorks('g', 'seqmirror:mirror', 'tools');
    const unclear = await workspace.nx('g', 'seqmirror:sequence', 'x', '--no-interactive');
    expect(unclear.output).toContain('SEQ0161 This workspace has more than one mirror');
    const nx = `${workspace.root}/node_modules/.bin/nx`;
    await mustRun(nx, ['g', 'seqmirror:sequence', 'tools', '--from=../isc.yaml'], {
      cwd: `${workspace.root}/tools`,
      env: workspace.env,
    }).catch((error: Error) => expect(error.message).toContain('SEQ0101 isc.yaml:4:3: '));
  });
});

describe('the packed plugin', () => {
  it('loads nothing heavy for the graph', async () => {
    const workspace = await createWorkspace();
    const script = `
      require('seqmirror');
      const modules = Object.keys(require.cache).map((file) => file.split('/node_modules/').at(-1));
      console.log(JSON.stringify([...new Set(modules.map((file) => file.split('/')[0]))]));
    `;
    const { stdout } = await mustRun(process.execPath, ['-e', script], { cwd: workspace.root, env: workspace.env });
    expect(JSON.parse(stdout)).toEqual(['seqmirror']);
    await removeWorkspaces();
  });
});
