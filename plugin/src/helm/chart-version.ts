/** Versions of charts and ranges of them, as helm compares them (github.com/Masterminds/semver/v3). */
import semver from 'semver';

const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const loose = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(-${identifiers})?(\\+${identifiers})?$`);

/** `v1.2` is `1.2.0`, as in the names of chart files; `undefined` if it is not a version. */
export function canonicalVersion(text: string): string | undefined {
  const [whole, major, minor = '0', patch = '0', prerelease = '', build = ''] =
    text.length <= 256 ? (loose.exec(text) ?? []) : [];
  if (whole === undefined || major === undefined) return undefined;
  return `${[major, minor, patch].map((number) => BigInt(number)).join('.')}${prerelease}${build}`;
}

/** Negative if the first comes first: the newest version does, and other texts come last. */
export function newestFirst(a: string, b: string): number {
  const [first, second] = [parsed(a), parsed(b)];
  if (first === null || second === null) return Number(first === null) - Number(second === null);
  return semver.rcompare(first, second);
}

/**
 * Whether a version lies in a range: `1.2`, `^1.2`, `>=1.2, <2`; the empty range is any release. Pre-releases only
 * match if the range names one.
 *
 * @returns `undefined` for a range that can't be read
 */
export function isVersionIn(version: string, range: string): boolean | undefined {
  const readable = range.replaceAll(',', ' ').trim() || '*';
  const includePrerelease = /\d-[0-9A-Za-z]/.test(readable);
  if (semver.validRange(readable, { includePrerelease }) === null) return undefined;
  const of = parsed(version);
  return of !== null && semver.satisfies(of, readable, { includePrerelease });
}

function parsed(text: string): semver.SemVer | null {
  return semver.parse(canonicalVersion(text) ?? '');
}
