/**
 * The version ranges of `olm.package.required`, as OLM reads them (github.com/blang/semver/v4, range.go): comparisons, all
 * of which have to hold, with `||` between alternatives: `>=1.0.0 <2.0.0 || >=2.1.0`, `1.2.x`, `!=1.3.0`. Pre-releases are
 * compared as any version.
 */
import type { BundleVersion } from './version';
import { compareVersions, parseBundleVersion } from './version';

type Test = (version: BundleVersion) => boolean;

const longestRange = 1000;

/** Whether a version is in the range; `undefined`: it is no range. */
export function requiredRange(text: string): Test | undefined {
  if (text.length > longestRange) return undefined;
  const alternatives = text.split('||').map((alternative) => {
    // A blank may stand between a comparison and its version.
    const parts = alternative
      .replace(/([<>=!])\s+/g, '$1')
      .split(/\s+/)
      .filter((part) => part !== '');
    const tests = parts.map(testOf);
    return tests.length === 0 || tests.includes(undefined) ? undefined : (tests as Test[]);
  });
  if (alternatives.includes(undefined)) return undefined;
  return (version) => (alternatives as Test[][]).some((tests) => tests.every((test) => test(version)));
}

function testOf(text: string): Test | undefined {
  const [, operator = '', written = ''] = /^([<>=!]*)(.*)$/.exec(text) ?? [];
  const range = versionsOf(written);
  if (range === undefined) return undefined;
  // `1.x` stands for all from 1.0.0 up to, not including, 2.0.0; a whole version for itself.
  const isBelow: Test = (version) => compareVersions(version, range.from) < 0;
  const isAbove: Test = (version) =>
    range.below === undefined ? compareVersions(version, range.from) > 0 : compareVersions(version, range.below) >= 0;
  switch (operator) {
    case '':
    case '=':
    case '==':
      return (version) => !isBelow(version) && !isAbove(version);
    case '!':
    case '!=':
      return (version) => isBelow(version) || isAbove(version);
    case '>':
      return isAbove;
    case '>=':
      return (version) => !isBelow(version);
    case '<':
      return isBelow;
    case '<=':
      return (version) => !isAbove(version);
    default:
      return undefined;
  }
}

function versionsOf(text: string): { readonly from: BundleVersion; readonly below?: BundleVersion } | undefined {
  const [, major = '', minor] = /^(\d+)\.(?:x(?:\.x)?|(\d+)\.x)$/.exec(text) ?? [];
  if (major === '') {
    const version = parseBundleVersion(text);
    return version && { from: version };
  }
  const from = parseBundleVersion(`${major}.${minor ?? 0}.0`);
  if (from === undefined) return undefined;
  const [first, second] = from.numbers;
  const numbers = minor === undefined ? ([first + 1n, 0n, 0n] as const) : ([first, second + 1n, 0n] as const);
  return { from, below: { numbers, prerelease: '' } };
}
