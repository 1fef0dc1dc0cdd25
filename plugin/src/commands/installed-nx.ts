import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The version of the workspace's own Nx, from its package: `NX_VERSION` of @nx/devkit would cost the plugin's worker a
 * quarter of a second. `undefined` if it has no Nx.
 */
export function installedNx(workspaceRoot: string): string | undefined {
  try {
    const { version } = createRequire(join(workspaceRoot, 'package.json'))('nx/package.json') as { version: string };
    return version;
  } catch {
    return undefined;
  }
}
