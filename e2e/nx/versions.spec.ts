import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { cacheHits } from '../harness/cache-hits';
import { usualNx } from '../harness/installed-nx';
import { run } from '../harness/run';
import { configOf, smallChain, startSmallUpstream, workspaceWithMirror } from '../harness/small-chain';
import { removeWorkspaces, type Workspace, asNxDoes } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe.each(['22.6.5', usualNx, '24.0.0'])('the packed plugin on Nx %s', (nx) => {
  let upstream: Lab;
  let workspace: Workspace;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await workspaceWithMirror(upstream, { nx, plugin: false, env: asNxDoes });
    await workspace.write('isc.yaml', configOf(1));
    await workspace.nxWorks('g', 'seqmirror:sequence', 'baseline', '--from=isc.yaml');
    // The generator runs once more below; it takes a tenth of this suite's time.
    for (const [index, folder] of smallChain.slice(1).entries())
      await workspace.write(`mirror/content/${folder}/imageset-config.yaml`, configOf(index + 2));
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it('is registered by nx add, which sets the workspace up too', async () => {
    expect(JSON.parse(await workspace.read('nx.json'))).toMatchObject({ plugins: ['seqmirror'] });
    expect(await workspace.read('.gitignore')).toContain('**/content/seq*/mirror_*.tar');
    expect(await workspace.read('.env')).toContain('NX_USE_LOCAL=true');
  });

  it('draws the chain', async () => {
    expect(await workspace.edges()).toEqual([
      'mirror → mirror-seq3',
      'mirror-seq2 → mirror-seq1',
      'mirror-seq3 → mirror-seq2',
    ]);
  });

  it('mirrors in order, then has nothing to do, then comes from the cache', async () => {
    const runs = [];
    for (let count = 0; count < 3; count += 1) runs.push(await workspace.nxWorks('run', 'mirror:seq3'));
    expect(runs.map(cacheHits)).toEqual([0, 0, 3]);
    expect(await workspace.read('mirror/content/chain.lock')).toMatch(/^1 .*\n2 .*\n3 .*\n$/m);
  });

  it.each(['imageset-config.pinned.yaml', 'seq-metadata.yaml'])(
    'finds an edited %s, whatever is in the cache',
    async (record) => {
      const file = `mirror/content/${smallChain[1]}/${record}`;
      const text = await workspace.read(file);
      await workspace.write(file, text.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000'));
      const outcome = await workspace.nx('run', 'mirror:seq3');
      await workspace.write(file, text);
      expect(outcome.code).not.toBe(0);
      expect(outcome.output).toMatch(/SEQ02\d\d mirror\/content\/seq2-add-tool/);
    },
  );

  it('mirrors by the name of the sequence too', async () => {
    await workspace.nxWorks('g', 'seqmirror:sequence', 'refresh', '--refresh', '--base=1');
    await workspace.nxWorks('run', 'mirror-seq4:mirror');
    expect(await workspace.read('mirror/content/chain.lock')).toMatch(/^4 seq4-refresh sha256:/m);
  });

  it.each([
    ['allows commands', '', 'SEQMIRROR_ALLOW_COMMANDS=1\n'],
    ['allows commands, from the top', 'SEQMIRROR_ALLOW_COMMANDS=1\n', ''],
    ['says that this is no CI', 'CI=true\n', 'CI=false\n'],
    ['takes away that this is CI', 'CI=true\n', 'NX_USE_LOCAL=true\n'],
  ])('runs no command of the repository in CI where a .env file %s', async (_what, top, project) => {
    const [settings, before] = [await workspace.read('mirror/seqmirror.yaml'), await workspace.read('.env')];
    const program = join(workspace.root, 'planted');
    await workspace.write('planted', `#!/bin/sh\necho ran >'${program}-ran'\n`);
    await chmod(program, 0o755);
    await workspace.write(
      'mirror/seqmirror.yaml',
      `${settings}\nsigning: { with: theirs, sign: [${program}], verify: [${program}] }\n`,
    );
    await workspace.write('.env', `${before}${top}`);
    if (project !== '') await workspace.write('mirror/.env', project);
    const ci = { cwd: workspace.root, env: { ...workspace.env, CI: 'true' } };
    const outcome = await run(join(workspace.root, 'node_modules/.bin/nx'), ['run', 'mirror:validate'], ci);
    await workspace.write('mirror/seqmirror.yaml', settings);
    await workspace.write('.env', before);
    if (project !== '') await workspace.remove('mirror/.env');
    expect(outcome.output).toMatch(
      /SEQ0710 .*\.env sets (?:SEQMIRROR_ALLOW_COMMANDS|CI), which files of the workspace must not set/,
    );
    expect(outcome.code).not.toBe(0);
    await expect(workspace.read('planted-ran')).rejects.toThrow();
  });

  it('refuses a flag that it does not know', async () => {
    const { code, output } = await workspace.nx('run', 'mirror:list', '--jsonn');
    expect(code).not.toBe(0);
    expect(output).toContain("'jsonn' is not found in schema");
  });
});
