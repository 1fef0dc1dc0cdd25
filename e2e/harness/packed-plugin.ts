import { join } from 'node:path';
import { onceARun } from '../../testing/run/once-a-run';
import { mustRun, plainEnvironment } from './run';

const repository = join(__dirname, '../..');

/** The path of the npm package, built and packed as it is published. */
export async function packedPlugin(): Promise<string> {
  const folder = await onceARun('package', async (making) => {
    const env = { ...plainEnvironment(), NX_DAEMON: 'false', NX_TUI: 'false' };
    await mustRun('npx', ['nx', 'build', 'seqmirror'], { cwd: repository, env });
    const plugin = join(repository, 'plugin');
    await mustRun('npm', ['pack', '--ignore-scripts', '--pack-destination', making], { cwd: plugin, env });
    await mustRun('sh', ['-c', 'mv ./*.tgz seqmirror.tgz'], { cwd: making, env });
  });
  return join(folder, 'seqmirror.tgz');
}
