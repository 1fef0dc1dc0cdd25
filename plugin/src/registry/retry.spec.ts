import { backOffMs, retryAfterMs } from './retry';

const now = new Date('2026-11-23T06:00:00Z');

describe('backOffMs', () => {
  it('doubles from half a second to half a minute', () => {
    expect([0, 1, 2, 5, 6, 50].map((failures) => backOffMs(failures, () => 1))).toEqual([
      500, 1000, 2000, 16_000, 30_000, 30_000,
    ]);
  });

  it('takes up to half off', () => {
    expect(backOffMs(1, () => 0)).toBe(500);
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['3', 3000],
    ['Mon, 23 Nov 2026 06:00:07 GMT', 7000],
    ['Mon, 23 Nov 2026 05:00:00 GMT', 0],
    ['86400', 300_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s is %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
