import semver from 'semver';
import { installedNx } from '../commands/installed-nx';
import { packageManifest } from '../system/package-version';

/** The Nx of a workspace, and whether this package is made for it; `undefined` if it has no Nx. */
export function nxOf(workspaceRoot: string): { version: string; supported: string; isSupported: boolean } | undefined {
  const version = installedNx(workspaceRoot);
  const supported = packageManifest().peerDependencies['nx'] ?? '';
  if (version === undefined) return undefined;
  return { version, supported, isSupported: semver.satisfies(version, supported, { includePrerelease: true }) };
}
