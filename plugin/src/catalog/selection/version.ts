/**
 * Versions of bundles and ranges of them, as oc-mirror compares them (github.com/Masterminds/semver/v3 3.4 and later,
 * version.go and constraints.go). The ranges are those that `minVersion` and `maxVersion` make: `>=1.2 <=1.4.0`.
 *
 * oc-mirror 4.19 and before have 3.3, which lets pre-releases pass only where every bound has a pre-release part; here, as
 * later, one such bound is enough.
 */

export interface BundleVersion {
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint];
  /** Empty for a release. */
  readonly prerelease: string;
}

export interface VersionRange {
  /** As oc-mirror writes it in messages. */
  readonly text: string;
  readonly lowest?: Bound | undefined;
  readonly highest?: Bound | undefined;
}

interface Bound {
  readonly version: BundleVersion;
  /** Which numbers were left out or stand for any number: `4.x`. */
  readonly open: 'none' | 'patch' | 'minor' | 'major';
}

const longestVersion = 256;
const largestNumber = 2n ** 64n - 1n;
const identifier = '[0-9A-Za-z-]+';
const suffix = `(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+${identifier}(?:\\.${identifier})*)?`;
const strict = new RegExp(`^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)${suffix}$`);
const loose = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?${suffix}$`);
const boundPattern = new RegExp(`^v?([0-9xX*]+)(?:\\.([0-9xX*]+))?(?:\\.([0-9xX*]+))?${suffix}$`);

/** The version of a bundle, which has to be whole: `1.2.3-4+build`. */
export function parseBundleVersion(text: string): BundleVersion | undefined {
  return versionOf(strict, text);
}

/** A version as people write it: `v1.2` is 1.2.0. */
export function parseLooseVersion(text: string): BundleVersion | undefined {
  return versionOf(loose, text);
}

/**
 * The range between two bounds of a configuration; an empty bound does not count. An empty text if there is no bound.
 * `undefined` if a bound is not a version.
 */
export function rangeOf({
  minVersion = '',
  maxVersion = '',
}: {
  readonly minVersion?: string | undefined;
  readonly maxVersion?: string | undefined;
}): VersionRange | 'none' | undefined {
  if (minVersion === '' && maxVersion === '') return 'none';
  const lowest = minVersion === '' ? undefined : parseBound(minVersion);
  const highest = maxVersion === '' ? undefined : parseBound(maxVersion);
  if ((lowest === undefined) !== (minVersion === '') || (highest === undefined) !== (maxVersion === ''))
    return undefined;
  const text = `${minVersion === '' ? '' : `>=${minVersion}`}${maxVersion === '' ? '' : ` <=${maxVersion}`}`;
  return { text, lowest, highest };
}

export function isInRange(version: BundleVersion, { lowest, highest }: VersionRange): boolean {
  const withPrereleases = [lowest, highest].some((bound) => bound !== undefined && bound.version.prerelease !== '');
  if (version.prerelease !== '' && !withPrereleases) return false;
  if (lowest !== undefined && compareVersions(version, lowest.version) < 0) return false;
  return highest === undefined || isAtMost(version, highest);
}

/** Negative if the first is lower. Build metadata does not count. */
export function compareVersions(a: BundleVersion, b: BundleVersion): number {
  for (const index of [0, 1, 2] as const) {
    if (a.numbers[index] !== b.numbers[index]) return a.numbers[index] < b.numbers[index] ? -1 : 1;
  }
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === '') return 1;
  if (b.prerelease === '') return -1;
  const [ours, theirs] = [a.prerelease.split('.'), b.prerelease.split('.')];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
    const order = compareIdentifiers(ours[at] ?? '', theirs[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function isAtMost(version: BundleVersion, { version: bound, open }: Bound): boolean {
  if (open === 'none') return compareVersions(version, bound) <= 0;
  const [major, minor] = version.numbers;
  if (major !== bound.numbers[0]) return major < bound.numbers[0];
  return open === 'minor' || minor <= bound.numbers[1];
}

function parseBound(text: string): Bound | undefined {
  const parts = text.length <= longestVersion ? boundPattern.exec(text) : null;
  if (parts === null) return undefined;
  const [, major, minor, patch, prerelease] = parts;
  const pre = prerelease === undefined ? '' : `-${prerelease}`;
  const bound = (version: string, open: Bound['open']): Bound | undefined => {
    const parsed = parseLooseVersion(version);
    return parsed === undefined ? undefined : { version: parsed, open };
  };
  if (isAny(major)) return bound(`0.0.0${pre}`, 'major');
  if (isAny(minor)) return bound(`${major}.0.0${pre}`, 'minor');
  if (isAny(patch)) return bound(`${major}.${minor}.0${pre}`, 'patch');
  return bound(text, 'none');
}

function isAny(part: string | undefined): boolean {
  return part === undefined || ['x', 'X', '*'].includes(part);
}

function versionOf(pattern: RegExp, text: string): BundleVersion | undefined {
  const parts = text.length <= longestVersion ? pattern.exec(text) : null;
  if (parts === null) return undefined;
  const [, major, minor = '0', patch = '0', prerelease = ''] = parts;
  const numbers = [BigInt(major as string), BigInt(minor), BigInt(patch)] as const;
  if (numbers.some((number) => number > largestNumber)) return undefined;
  const hasLeadingZero = prerelease.split('.').some((part) => /^0\d+$/.test(part));
  return hasLeadingZero ? undefined : { numbers, prerelease };
}

function compareIdentifiers(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  const [ours, theirs] = [numberIn(a), numberIn(b)];
  if (ours !== undefined && theirs !== undefined) return ours > theirs ? 1 : -1;
  if (ours === undefined && theirs === undefined) return a > b ? 1 : -1;
  return ours === undefined ? 1 : -1;
}

/** Digits that make a 64-bit number; everything else is compared as text. */
function numberIn(identifier: string): bigint | undefined {
  const number = /^\d+$/.test(identifier) ? BigInt(identifier) : undefined;
  return number === undefined || number > largestNumber ? undefined : number;
}
