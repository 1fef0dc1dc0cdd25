/** How many times as large the large input is. Linear work grows 8 times, quadratic work 64 times. */
const enlargement = 8;

/** Work that grows more than this is not linear: far from 8, since other programs disturb, and far from 64. */
const mostOfLinear = 3 * enlargement;

/**
 * How many times the processor time grows where the size of an input is 8 times as large: about 8 for work that is
 * linear, 64 for work that is quadratic. It is processor time, since other programs may hold the machine. They disturb
 * that too (caches, garbage collection), but only ever add to it: what looks too slow is measured again, and the least
 * of five measurements counts.
 */
function growthOf(work: (size: number) => void, size: number): number {
  work(size);
  let [small, large] = [Infinity, Infinity];
  for (let round = 0; round < 5; round += 1) {
    small = Math.min(
      small,
      processorMs(() => work(size)),
    );
    large = Math.min(
      large,
      processorMs(() => work(enlargement * size)),
    );
    if (growth(small, large) < mostOfLinear) break;
  }
  return growth(small, large);
}

/** Expects that work takes time in proportion to the size of its input. */
export function expectLinear(work: (size: number) => void, size: number): void {
  expect(growthOf(work, size)).toBeLessThan(mostOfLinear);
}

// Below the resolution of the clock nothing can be said, and nothing is slow.
function growth(small: number, large: number): number {
  return large / Math.max(small, 10);
}

function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
