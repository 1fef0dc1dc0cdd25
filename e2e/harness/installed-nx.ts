import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onceARun } from '../../testing/run/once-a-run';
import { packedPlugin } from './packed-plugin';
import { mustRun, plainEnvironment } from './run';

/** The Nx that seqmirror is developed with. */
export const usualNx = '23.2.1';

export interface Installation {
  readonly nx: string;
  /** Whether seqmirror is there too; without, a spec adds it itself. */
  readonly plugin: boolean;
}

/** A folder with package.json, package-lock.json and node_modules; to be copied from, not to be used. */
export async function installation({ nx, plugin }: Installation): Promise<string> {
  const tarball = await packedPlugin();
  return onceARun(`nx-${nx}${plugin ? '-seqmirror' : ''}`, async (making) => {
    const devDependencies = { nx, ...(plugin ? { seqmirror: `file:${tarball}` } : {}) };
    const manifest = { name: 'monorepo', version: '0.0.0', private: true, devDependencies };
    await writeFile(join(making, 'package.json'), JSON.stringify(manifest, null, 2));
    await mustRun('npm', ['install'], { cwd: making, env: plainEnvironment() });
  });
}

/** Copies a folder in hard links, in which node_modules costs nothing. npm replaces files and never writes into them. */
export async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await mustRun('cp', ['--archive', '--link', `${from}/.`, to], { cwd: to, env: plainEnvironment() });
}
