import { access, mkdir, rename, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sharedFolder } from './run-folder';

/**
 * A folder that the first worker to ask for it makes, while others wait for it. It gets its name only when it is
 * complete. If several runs share a folder, the first makes it for all.
 *
 * @param make fills the folder it is given
 */
export async function onceARun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const done = join(sharedFolder(), name);
  const making = `${done}.making`;
  const failed = `${done}.failed`;
  const isMine = await mkdir(making).then(
    () => true,
    () => false,
  );
  if (isMine && !(await exists(done))) {
    try {
      await make(making);
      await rename(making, done);
    } catch (error) {
      await writeFile(failed, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
  while (!(await exists(done))) {
    if (await exists(failed)) throw new Error(`${name} could not be made: ${await readFile(failed, 'utf8')}`);
    await setTimeout(100);
  }
  return done;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
