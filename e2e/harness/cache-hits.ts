import type { Outcome } from './run';

/** How many tasks of a run Nx took from its cache. Nx 23 says `Cache: 2/3 hit`; Nx 22 says nothing when it took none. */
export function cacheHits({ output }: Outcome): number {
  const said =
    /Cache:\s+(\d+)\/\d+ hit/.exec(output) ?? /read the output from the cache .* for (\d+) out of/.exec(output);
  return Number(said?.[1] ?? 0);
}

/** How many sequences a run looked at and found sealed: one by one, or many in a process, which says so in a line. */
export function foundSealed({ output }: Outcome): number {
  const alone = output.match(/: sealed .*nothing to do/g) ?? [];
  const together = [...output.matchAll(/: (\d+) sequences are sealed .*nothing to do/g)];
  return together.reduce((sum, [, count]) => sum + Number(count), alone.length);
}

/** The same with those that Nx took from its cache, in a run of nothing else that could be cached. */
export function knownSealed(outcome: Outcome): number {
  return foundSealed(outcome) + cacheHits(outcome);
}
