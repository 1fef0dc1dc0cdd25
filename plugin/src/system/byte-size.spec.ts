import fc from 'fast-check';
import { formatBytes } from './byte-size';

describe('formatBytes', () => {
  it.each([
    [0, '0'],
    [1023, '1023'],
    [1024, '1.0K'],
    [1025, '1.1K'],
    [1024 ** 2 - 1, '1.0M'],
    [5905580032, '5.5G'],
    [29.5 * 1024 ** 3 + 1, '29.6G'],
    [3 * 1024 ** 5, '3.0P'],
    [5000 * 1024 ** 5, '5000.0P'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('never says less than there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 50 }), (bytes) => {
        const [, number, unit] = /^([\d.]+)([KMGTP])$/.exec(formatBytes(bytes)) ?? [];
        const said = Number(number) * 1024 ** ('KMGTP'.indexOf(unit as string) + 1);
        expect(said).toBeGreaterThanOrEqual(bytes);
      }),
    );
  });
});
