import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mustRun } from '../harness/run';
import type { Workspace } from '../harness/workspace';

/** Keeps the mirror and its archives as they are now. What is returned brings them back, times and hard links included. */
export async function keepPristine({ root, dataFolder }: Workspace): Promise<() => Promise<void>> {
  const [pristine, again] = [join(root, '../pristine'), join(root, '../again')];
  const options = { cwd: root, env: process.env };
  await mkdir(pristine);
  // Together, so that hard links between the two stay what they are.
  await mustRun('cp', ['--archive', join(root, 'mirror'), dataFolder, pristine], options);
  return async () => {
    await rm(join(root, 'mirror'), { recursive: true });
    await rm(dataFolder, { recursive: true });
    await mustRun('cp', ['--archive', pristine, again], options);
    await mustRun('mv', [join(again, 'mirror'), root], options);
    await mustRun('mv', [join(again, basename(dataFolder)), dataFolder], options);
    await rm(again, { recursive: true });
  };
}
