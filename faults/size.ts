/** How much is tried: what takes minutes in `npm test`, and about an hour in `npm run test:faults`. */
export const isFull = process.env['SEQMIRROR_FAULTS'] === 'full';

export function sizeOf<T>({ small, full }: { small: T; full: T }): T {
  return isFull ? full : small;
}

/** Jest's own, so that `npm run test:faults -- --seed=7` has a run again. */
export function runSeed(): number {
  return jest.getSeed();
}

/** For the names of suites: how to have the same run again. */
export function withSeed(name: string): string {
  return `${name} (--seed=${runSeed()})`;
}
