import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustHold } from '../failed';

/**
 * Unpacks what registries read (`docker/`) of archives, in their order, into a folder, by the tar of this machine.
 * Gives how many blobs that were, each of which may be in one archive only.
 */
export async function unpack(archives: readonly string[], folder: string): Promise<number> {
  const run = promisify(execFile);
  const blobs = new Set<string>();
  for (const archive of archives) {
    const { stdout } = await run('tar', ['-tf', archive], { maxBuffer: 256 * 1024 * 1024 });
    for (const entry of stdout.split('\n').filter((name) => name.endsWith('/data'))) {
      mustHold(!blobs.has(entry), `${archive} has ${entry}, which was carried before`);
      blobs.add(entry);
    }
    await run('tar', ['-xf', archive, '-C', folder, 'docker']);
  }
  return blobs.size;
}
