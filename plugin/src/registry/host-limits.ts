/**
 * How many requests are under way at the same time, host by host. A host that answers 429 gets half as many for a
 * minute; each further 429 halves again and restarts the minute.
 */
const defaultParallel = 8;
const slowForMs = 60_000;

export interface HostLimits {
  /** Waits for a free place. The function that it returns gives the place back, once, however often it is called. */
  acquire(host: string, signal: AbortSignal): Promise<() => void>;
  /** The host said that it gets too many requests. */
  slowDown(host: string): void;
}

interface HostState {
  readonly parallel: number;
  underWay: number;
  slowTo: number;
  slowUntil: number;
  readonly waiting: Set<() => void>;
}

export function createHostLimits({
  parallelOf,
  now,
}: {
  parallelOf: (host: string) => number | undefined;
  now: () => Date;
}): HostLimits {
  const states = new Map<string, HostState>();
  const stateOf = (host: string): HostState => {
    const parallel = parallelOf(host) ?? defaultParallel;
    const state = states.get(host) ?? { parallel, underWay: 0, slowTo: parallel, slowUntil: 0, waiting: new Set() };
    states.set(host, state);
    return state;
  };
  const limitNow = (state: HostState): number => (now().getTime() < state.slowUntil ? state.slowTo : state.parallel);
  const admit = (state: HostState): void => {
    for (const enter of state.waiting) {
      if (state.underWay >= limitNow(state)) return;
      state.waiting.delete(enter);
      enter();
    }
  };
  const take = (state: HostState): (() => void) => {
    let held = true;
    state.underWay += 1;
    return () => {
      if (!held) return;
      held = false;
      state.underWay -= 1;
      admit(state);
    };
  };

  return {
    acquire: async (host, signal) => {
      signal.throwIfAborted();
      const state = stateOf(host);
      if (state.underWay < limitNow(state) && state.waiting.size === 0) return take(state);
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          state.waiting.delete(enter);
          reject(signal.reason as Error);
        };
        const enter = (): void => {
          signal.removeEventListener('abort', stop);
          resolve(take(state));
        };
        signal.addEventListener('abort', stop, { once: true });
        state.waiting.add(enter);
      });
    },
    slowDown: (host) => {
      const state = stateOf(host);
      state.slowTo = Math.max(1, Math.floor(limitNow(state) / 2));
      state.slowUntil = now().getTime() + slowForMs;
    },
  };
}
