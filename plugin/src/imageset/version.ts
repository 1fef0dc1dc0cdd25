import semver from 'semver';
import type { SemVer } from 'semver';

const longest = 256;
const loose =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * A version of a package as oc-mirror reads `minVersion` and `maxVersion` (Masterminds/semver NewVersion): a leading
 * `v`, a missing minor or patch, and leading zeros are allowed.
 */
export function parsePackageVersion(text: string): SemVer | undefined {
  const parts = text.length <= longest ? loose.exec(text) : null;
  if (parts === null) return undefined;
  const [, major, minor = '0', patch = '0', prerelease = '', build = ''] = parts;
  const numbers = [major as string, minor, patch].map((digits) => BigInt(digits));
  return semver.parse(`${numbers.join('.')}${prerelease}${build}`) ?? undefined;
}

/**
 * A release as oc-mirror reads it in release channels (blang/semver Parse): all three numbers, and nothing before them.
 */
export function parseReleaseVersion(text: string): SemVer | undefined {
  return /^[0-9]/.test(text) && text.length <= longest && text === text.trim()
    ? (semver.parse(text) ?? undefined)
    : undefined;
}
