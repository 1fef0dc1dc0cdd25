import { compareVersions, isInRange, parseBundleVersion, parseLooseVersion, rangeOf } from './version';

// Each verdict is that of Masterminds/semver v3.5.
describe('isInRange', () => {
  it.each([
    ['1.2.0', '1.4.0', '1.3.9', true],
    ['1.2.0', '1.4.0', '1.4.0+build', true],
    ['1.2.0', '1.4.0', '1.4.1', false],
    ['1.2', '1.4', '1.4.9', true],
    ['1.2', '1', '1.99.0', true],
    ['', '4.x', '4.20.1', true],
    ['', '4.x', '5.0.0', false],
    ['v1.2.0', '', '1.2.0', true],
    ['1.2.0', '', '1.3.0-1', false],
    ['1.2.0-0', '', '1.3.0-1', true],
    ['1.0.1', '1.1.0-1', '1.1.0-1', true],
    ['1.0.1', '1.1.0-1', '1.1.0-2', false],
    ['1.0.0-10', '', '1.0.0-9', false],
    ['1.0.0-a', '', '1.0.0-9', false],
    ['01.2.0', '', '1.2.0', true],
  ])('from %j to %j: %s %s', (minVersion, maxVersion, version, expected) => {
    const range = rangeOf({ minVersion, maxVersion });
    const parsed = parseBundleVersion(version);
    if (range === undefined || range === 'none' || parsed === undefined) throw new Error('no range or version');
    expect(isInRange(parsed, range)).toBe(expected);
  });

  it.each(['1.2.3 <2.0.0', '1.2.3-01', '1.2.3.4', 'a', '18446744073709551616.0.0', `1.0.0-${'1'.repeat(300)}`])(
    'has no range from %s on',
    (minVersion) => {
      expect(rangeOf({ minVersion })).toBeUndefined();
    },
  );
});

describe('parseBundleVersion', () => {
  it.each(['', '1.2', 'v1.2.3', '01.2.3', '1.2.3-01', '1.2.3-', '1.2.3+', ' 1.2.3'])('does not take %j', (text) => {
    expect(parseBundleVersion(text)).toBeUndefined();
  });

  it('compares numbers beyond those of JavaScript', () => {
    const [a, b] = ['1.0.9007199254740993', '1.0.9007199254740992'].map(parseLooseVersion);
    if (a === undefined || b === undefined) throw new Error('no version');
    expect(compareVersions(a, b)).toBe(1);
  });
});
