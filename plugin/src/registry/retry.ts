const firstDelayMs = 500;
const longestDelayMs = 30_000;
const longestRetryAfterMs = 5 * 60_000;

/** Statuses that may pass by themselves: overload, and a server or something before it that is being restarted. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/**
 * How long to wait before the next attempt, in milliseconds: exponential from 0.5 s to 30 s, shortened by a random part
 * of up to half, so that clients that were cut off together don't come back together.
 */
export function backOffMs(failures: number, random: () => number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures, 16));
  return Math.round(full / 2 + (full / 2) * random());
}

/**
 * What a Retry-After header asks for (RFC 9110 section 10.2.3: seconds or a date), in milliseconds, at most 5 minutes.
 * `undefined` if no reasonable time is given.
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const asked = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(asked, 0), longestRetryAfterMs);
}
