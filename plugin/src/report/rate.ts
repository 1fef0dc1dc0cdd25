const windowMs = 120_000;

/** Bytes per second over the last two minutes; the caller passes the time. */
export interface RateEstimate {
  add(bytes: number, atMs: number): void;
  /** `undefined` before there are enough samples. */
  bytesPerSecond(atMs: number): number | undefined;
}

export function rateEstimate(): RateEstimate {
  // One sample a second at most: the bounds of memory and of work.
  const samples: { second: number; bytes: number }[] = [];
  let startMs: number | undefined;
  return {
    add(bytes, atMs) {
      startMs ??= atMs;
      const second = Math.floor(atMs / 1000);
      const last = samples.at(-1);
      if (last?.second === second) last.bytes += bytes;
      else samples.push({ second, bytes });
      while ((samples[0]?.second ?? second) < second - windowMs / 1000) samples.shift();
    },
    bytesPerSecond(atMs) {
      if (startMs === undefined || atMs - startMs < 1000) return undefined;
      const span = Math.min(atMs - startMs, windowMs) / 1000;
      return samples.reduce((sum, { bytes }) => sum + bytes, 0) / span;
    },
  };
}
