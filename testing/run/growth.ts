/**
 * How many times the processor time grows where the size of an input is four times as large: about 4 for work that is
 * linear, 16 for work that is quadratic. Of processor time alone, since other programs may hold the machine.
 */
export function growthOf(work: (size: number) => void, size: number): number {
  work(size);
  const [small, large] = [processorMs(() => work(size)), processorMs(() => work(4 * size))];
  // Below the resolution of the clock nothing can be said, and nothing is slow.
  return large / Math.max(small, 20);
}

function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
