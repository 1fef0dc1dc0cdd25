import { canonicalVersion, isVersionIn, newestFirst } from './chart-version';

describe('canonicalVersion', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['v1.2.3', '1.2.3'],
    ['v1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['01.02.3', '1.2.3'],
    ['1.2.3-rc.1+build.5', '1.2.3-rc.1+build.5'],
    ['1.2.3.4', undefined],
    ['../../etc', undefined],
    ['', undefined],
    ['latest', undefined],
  ])('%s is %s', (text, expected) => {
    expect(canonicalVersion(text)).toBe(expected);
  });
});

describe('newestFirst', () => {
  it('puts releases before their candidates, and other texts last', () => {
    const versions = ['1.0.0', 'nonsense', '1.2.0-rc.1', 'v1.10.0', '1.2.0', '1.9'];
    expect(versions.sort(newestFirst)).toEqual(['v1.10.0', '1.9', '1.2.0', '1.2.0-rc.1', '1.0.0', 'nonsense']);
  });
});

describe('isVersionIn', () => {
  it.each([
    ['1.2.3', '', true],
    ['1.2.3-rc.1', '', false],
    ['1.2.3', '*', true],
    ['v1.2.3', '1.2', true],
    ['1.3.0', '1.2', false],
    ['1.2.3', '^1.1', true],
    ['1.2.3', '>=1.1, <2', true],
    ['1.2.3', '>=1.1 <1.2', false],
    ['1.2.3-rc.1', '>=1.2.0-0', true],
    ['1.2.3', 'newest', undefined],
  ])('%s in %p: %p', (version, range, expected) => {
    expect(isVersionIn(version, range)).toBe(expected);
  });
});
