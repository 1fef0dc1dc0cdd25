import { readGoPattern } from './go-pattern';

describe('a pattern of blockedImages', () => {
  // JavaScript's own engine needs 2 to the power of 25 steps and more for each of these texts.
  it.each(['(a|aa)+$', '(a+)+$', '(a*)*b', '(.*a){20}$'])('takes time in proportion to the text: %s', (pattern) => {
    const { matches = () => undefined } = readGoPattern(pattern);
    expect(matches(`${'a'.repeat(50_000)}!`)).toBe(false);
  });

  it('matches as Go does, anywhere in the name', () => {
    expect(readGoPattern('acme/(web|api):1\\.[0-9]+$').matches?.('quay.io/acme/web:1.20')).toBe(true);
  });

  it.each(['(?=a)', '(a)\\1', 'a**', 'a'.repeat(4097)])(
    'is refused if Go refuses it, or for its length: %.20s',
    (pattern) => {
      expect(readGoPattern(pattern).problem).toMatch(/\w/);
    },
  );
});
