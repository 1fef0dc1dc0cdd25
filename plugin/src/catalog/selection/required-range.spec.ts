import { requiredRange } from './required-range';
import { parseBundleVersion } from './version';

// blang/semver v4, range_test.go, and what its README says.
it.each([
  ['1.2.3', '1.2.3', '1.2.2 1.2.4 1.2.3-1'],
  ['=1.2.3', '1.2.3', '1.2.4'],
  ['>1.2.3', '1.2.4 2.0.0', '1.2.3 1.2.3-1'],
  ['>=1.2.3', '1.2.3 1.3.0-alpha', '1.2.2 1.2.3-alpha'],
  ['<1.2.3', '1.2.2 1.2.3-alpha', '1.2.3'],
  ['<=1.2.3', '1.2.3 0.1.0', '1.2.4'],
  ['!1.2.3', '1.2.2 1.2.4', '1.2.3'],
  ['!=1.2.3', '1.2.2 1.2.4', '1.2.3'],
  ['>1.2.2 <1.2.5 !=1.2.4', '1.2.3', '1.2.2 1.2.4 1.2.5'],
  ['>= 1.0.0  < 2.0.0', '1.0.0 1.9.9', '2.0.0'],
  ['<2.0.0 || >=3.0.0', '1.2.3 3.0.0 4.2.3', '2.0.0 2.9.9'],
  ['1.x', '1.0.0 1.9.9', '0.9.9 2.0.0'],
  ['1.2.x', '1.2.0 1.2.9', '1.1.9 1.3.0'],
  ['>1.x', '2.0.0', '1.0.0 1.9.9'],
  ['>=1.x', '1.0.0 2.0.0', '0.9.0'],
  ['<1.2.x', '1.1.9', '1.2.0'],
  ['<=1.2.x', '1.2.9 1.0.0', '1.3.0'],
  ['!=1.x', '0.9.0 2.0.0', '1.5.0'],
])('%j has %s and not %s', (range, inside, outside) => {
  const isIn = requiredRange(range);
  const inRange = (text: string) => text.split(' ').map((version) => isIn?.(parseBundleVersion(version) as never));
  expect(inRange(inside)).toEqual(inside.split(' ').map(() => true));
  expect(inRange(outside)).toEqual(outside.split(' ').map(() => false));
});

it.each(['', '1.2', 'latest', '~1.2.3', '^1.2.3', '>=', '1.2.3 ||', '=>1.2.3', '1.2.3 - 2.0.0', '1'.repeat(2000)])(
  '%j is no range',
  (range) => expect(requiredRange(range)).toBeUndefined(),
);
