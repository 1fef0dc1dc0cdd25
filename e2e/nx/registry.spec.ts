/** How people install seqmirror and move to another version, out of a registry: `nx add`, `nx migrate`. */
import type { Lab } from '../../testing/lab/lab';
import { earlierGitattributes, earlierSettings } from '../../testing/worlds/earlier-workspace';
import { usualNx } from '../harness/installed-nx';
import type { PackageRegistry } from '../harness/package-registry';
import { earlierVersion, startPackageRegistry } from '../harness/package-registry';
import { mustRun } from '../harness/run';
import { configOf, startSmallUpstream } from '../harness/small-chain';
import { createWorkspace, removeWorkspaces, type Workspace } from '../harness/workspace';
import { documentedBlocks, typed } from '../drills/documented';

jest.setTimeout(10 * 60_000);

let registry: PackageRegistry;
let upstream: Lab;
beforeAll(async () => {
  registry = await startPackageRegistry();
  upstream = await startSmallUpstream();
});
afterAll(async () => {
  await removeWorkspaces();
  await upstream?.stop();
  await registry?.stop();
});

describe.each(['22.6.5', usualNx, '24.0.0'])('Nx %s', (nx) => {
  let migrated: Workspace;

  it('adds seqmirror without a question, and says which files it changed and what for', async () => {
    const workspace = await createWorkspace({ nx, plugin: false, env: registry.env });
    const { output } = await workspace.nxWorks('add', 'seqmirror');
    expect(output).toContain('seqmirror is set up in this workspace. Keep these files in Git:');
    expect(output).toMatch(/\.env +NX_USE_LOCAL=true: Nx does not ask the npm registry/);
    expect(output).toContain('Next: nx g seqmirror:mirror mirror');
    expect(JSON.parse(await workspace.read('package.json'))).toMatchObject({
      devDependencies: { seqmirror: expect.stringContaining(registry.latest) },
    });
    expect(JSON.parse(await workspace.read('nx.json'))).toMatchObject({ plugins: ['seqmirror'] });
    await workspace.nxWorks('g', 'seqmirror:mirror', '--no-interactive');
    expect(await workspace.projects()).toContain('mirror');
  });

  it('migrates a workspace that an earlier version set up, and no record of what it sealed', async () => {
    const workspace = await createWorkspace({ nx, plugin: false, env: { ...registry.env, ...upstream.env() } });
    migrated = workspace;
    const npm = (...args: readonly string[]) => mustRun('npm', args, { cwd: workspace.root, env: workspace.env });
    await npm('install', '--save-dev', '--save-exact', `seqmirror@${earlierVersion}`);
    await workspace.write('nx.json', '{ "analytics": false, "neverConnectToCloud": true, "plugins": ["seqmirror"] }\n');
    await workspace.write('.gitattributes', earlierGitattributes);
    await workspace.write('mirror/seqmirror.yaml', `${earlierSettings}engine: embedded\n`);
    await workspace.write('mirror/content/seq1-baseline/imageset-config.yaml', configOf(1));
    await workspace.write('mirror/content/seq1-baseline/sequence.yaml', 'schema: seqmirror/v1\ndescription: first\n');
    await workspace.seqmirrorWorks('mirror', 'seq1');
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Seal');
    await workspace.nxWorks('migrate', `seqmirror@${registry.latest}`, '--no-interactive');
    expect(JSON.parse(await workspace.read('migrations.json'))).toMatchObject({
      migrations: [{ package: 'seqmirror', name: 'bring-files-up-to-date' }],
    });
    await npm('install');
    const { output } = await workspace.nxWorks('migrate', '--run-migrations', '--no-interactive');
    expect(output).toContain('.gitattributes: keeps line endings');
    expect(await workspace.read('.gitattributes')).toContain('**/content/seq*/seq-upload.* text eol=lf');
    expect(await workspace.read('mirror/seqmirror.yaml')).toContain('# embedded:\n');
    const before = await workspace.read('mirror/seqmirror.yaml');
    await workspace.nxWorks('migrate', '--run-migrations', '--no-interactive');
    expect(await workspace.read('mirror/seqmirror.yaml')).toBe(before);
    expect((await workspace.git('status', '--porcelain', 'mirror/content')).stdout).toBe('');
    expect((await workspace.nxWorks('run', 'mirror:validate')).output).toContain('1 PROVEN');
  });

  // npm takes long to install everything again.
  if (nx === usualNx)
    it('goes back to the earlier version as docs/repair.md says', async () => {
      const [back = ''] = await documentedBlocks('An update of seqmirror went wrong', 1);
      const { output } = await typed(back, { workspace: migrated });
      expect(output).toContain('1 CONSISTENT');
      const installed = await migrated.read('node_modules/seqmirror/package.json');
      expect(JSON.parse(installed)).toMatchObject({ version: earlierVersion });
      expect(await migrated.read('mirror/seqmirror.yaml')).toBe(`${earlierSettings}engine: embedded\n`);
    });
});
