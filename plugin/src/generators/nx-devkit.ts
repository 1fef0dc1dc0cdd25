/**
 * What generators use of Nx. It comes from nx itself, which @nx/devkit re-exports: if @nx/devkit were a peer
 * dependency, npm would pick a version that is too new for the workspace's nx, and refuse to install seqmirror.
 */
import type { Tree } from 'nx/src/devkit-exports';

export type { GeneratorCallback, NxJsonConfiguration, Tree } from 'nx/src/devkit-exports';
export { getProjects, globAsync, logger, readNxJson, updateNxJson, writeJson } from 'nx/src/devkit-exports';

/** Formats what a generator wrote as the workspace formats its files, if it has @nx/devkit. */
export async function formatFiles(tree: Tree): Promise<void> {
  const devkit = await import('@nx/devkit').catch((error: unknown) => {
    if (String((error as { code?: unknown }).code).endsWith('MODULE_NOT_FOUND')) return undefined;
    throw error;
  });
  await devkit?.formatFiles(tree);
}
