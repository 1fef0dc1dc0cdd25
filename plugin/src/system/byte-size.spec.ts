import fc from 'fast-check';
import { formatBytes, formatMediumBytes } from './byte-size';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1025, '1.1 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [5905580032, '5.5 GiB'],
    [29.5 * 1024 ** 3 + 1, '29.6 GiB'],
    [3 * 1024 ** 5, '3.0 PiB'],
    [5000 * 1024 ** 5, '5000.0 PiB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('never says less than there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 50 }), (bytes) => {
        const [, number, unit] = /^([\d.]+) ([KMGTP])iB$/.exec(formatBytes(bytes)) ?? [];
        const said = Number(number) * 1024 ** ('KMGTP'.indexOf(unit as string) + 1);
        expect(said).toBeGreaterThanOrEqual(bytes);
      }),
    );
  });
});

it.each([
  [0, '0 B', '0 B'],
  [999, '999 B', '999 B'],
  [1000, '1000 B', '1 kB'],
  [200_000_000, '190.8 MiB', '200 MB'],
  [25_025_314_816, '23.4 GiB', '25 GB'],
  [64_000_000_000, '59.7 GiB', '64 GB'],
  [1_500_000_000_000, '1.4 TiB', '1.5 TB'],
])('formats %d bytes as content %s and as a medium %s', (bytes, content, medium) => {
  expect([formatBytes(bytes), formatMediumBytes(bytes)]).toEqual([content, medium]);
});
