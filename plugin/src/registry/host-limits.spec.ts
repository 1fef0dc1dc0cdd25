import { createHostLimits } from './host-limits';

const { signal } = new AbortController();

/** Limits of four for every host, with a clock that only moves when the test moves it. */
function limitsAt(clock: { ms: number }) {
  return createHostLimits({ parallelOf: () => 4, now: () => new Date(clock.ms) });
}

/** How many places are free right now. */
async function placesOf(limits: ReturnType<typeof limitsAt>): Promise<number> {
  const stop = new AbortController();
  const releases: (() => void)[] = [];
  const asked = Array.from({ length: 20 }, async () => {
    releases.push(await limits.acquire('quay.io', AbortSignal.any([stop.signal])));
  });
  await new Promise((resolve) => setImmediate(resolve));
  const places = releases.length;
  stop.abort();
  await Promise.allSettled(asked);
  for (const release of releases) release();
  return places;
}

describe('host limits', () => {
  it('halve after each 429, down to one, and recover after a minute', async () => {
    const clock = { ms: 0 };
    const limits = limitsAt(clock);
    const places = [await placesOf(limits)];
    for (let times = 0; times < 3; times += 1) {
      limits.slowDown('quay.io');
      places.push(await placesOf(limits));
    }
    clock.ms = 60_000;
    expect([...places, await placesOf(limits)]).toEqual([4, 2, 1, 1, 4]);
  });

  it('free a place once, however often it is given back', async () => {
    const limits = limitsAt({ ms: 0 });
    const release = await limits.acquire('quay.io', signal);
    release();
    release();
    expect(await placesOf(limits)).toBe(4);
  });
});
