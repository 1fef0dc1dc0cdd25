import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFolder } from '../../testing/run/run-folder';
import { usualNx } from '../harness/installed-nx';
import { packedPlugin } from '../harness/packed-plugin';
import { mustRun, plainEnvironment } from '../harness/run';

jest.setTimeout(10 * 60_000);

/** What create-nx-workspace makes has no @nx/devkit of its own, which comes with @nx/js. */
describe.each([
  { nx: '22.7.12', preset: 'ts' },
  { nx: usualNx, preset: 'npm' },
])('a workspace that create-nx-workspace $nx makes by preset $preset', ({ nx, preset }) => {
  it('takes seqmirror by npm install, and is set up by init', async () => {
    const folder = await mkdtemp(join(runFolder(), 'created-'));
    const env = { ...plainEnvironment(), NX_DAEMON: 'false', NX_TUI: 'false' };
    const flags = [`--preset=${preset}`, '--nxCloud=skip', '--no-interactive', '--packageManager=npm', '--skipGit'];
    await mustRun('npx', ['--yes', `create-nx-workspace@${nx}`, 'monorepo', ...flags], { cwd: folder, env });
    const cwd = join(folder, 'monorepo');
    await mustRun('npm', ['install', '--save-dev', await packedPlugin()], { cwd, env });
    const nxProgram = join(cwd, 'node_modules/.bin/nx');
    await mustRun(nxProgram, ['g', 'seqmirror:init'], { cwd, env });
    expect(JSON.parse(await readFile(join(cwd, 'nx.json'), 'utf8'))).toMatchObject({
      plugins: expect.arrayContaining(['seqmirror']),
    });
    await mustRun(nxProgram, ['g', 'seqmirror:mirror', 'mirror'], { cwd, env });
    const { stdout } = await mustRun(nxProgram, ['show', 'projects', '--json'], { cwd, env });
    expect(JSON.parse(stdout)).toContain('mirror');
  });
});
