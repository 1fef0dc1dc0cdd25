/** How people install seqmirror and move to another version, out of a registry: `nx add`, `nx migrate`. */
import { earlierGitattributes, earlierSettings } from '../../testing/worlds/earlier-workspace';
import { usualNx } from '../harness/installed-nx';
import type { PackageRegistry } from '../harness/package-registry';
import { earlierVersion, startPackageRegistry } from '../harness/package-registry';
import { mustRun } from '../harness/run';
import { createWorkspace, removeWorkspaces } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

let registry: PackageRegistry;
beforeAll(async () => {
  registry = await startPackageRegistry();
});
afterAll(async () => {
  await removeWorkspaces();
  await registry?.stop();
});

describe.each(['22.6.5', usualNx, '24.0.0'])('Nx %s', (nx) => {
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

  it('migrates a workspace that an earlier version set up', async () => {
    const workspace = await createWorkspace({ nx, plugin: false, env: registry.env });
    const npm = (...args: readonly string[]) => mustRun('npm', args, { cwd: workspace.root, env: workspace.env });
    await npm('install', '--save-dev', '--save-exact', `seqmirror@${earlierVersion}`);
    await workspace.write('nx.json', '{ "analytics": false, "neverConnectToCloud": true, "plugins": ["seqmirror"] }\n');
    await workspace.write('.gitattributes', earlierGitattributes);
    await workspace.write('mirror/seqmirror.yaml', earlierSettings);
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
  });
});
