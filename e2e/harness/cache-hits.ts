import type { Outcome } from './run';

/** How many tasks of a run Nx took from its cache. Nx 23 says `Cache: 2/3 hit`; Nx 22 says nothing when it took none. */
export function cacheHits({ output }: Outcome): number {
  const said =
    /Cache:\s+(\d+)\/\d+ hit/.exec(output) ?? /read the output from the cache .* for (\d+) out of/.exec(output);
  return Number(said?.[1] ?? 0);
}
