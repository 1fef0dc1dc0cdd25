import { formatDuration } from './duration';

it.each([
  [0, '0:00'],
  [1, '0:01'],
  [26_000, '0:26'],
  [61_000, '1:01'],
  [3_723_000, '1:02:03'],
])('formatDuration: %d ms are %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
