/**
 * How fast bytes pass to and from a host, both directions together, for lines that others use too: a token bucket that
 * holds no more than one piece. Within the hours of a limit, a piece passes once the pieces before it are paid for.
 */
import type { Readable, TransformCallback } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { formatBytes } from '../system/byte-size';
import type { RegistryHostSettings, RegistrySettings } from './settings';

export interface RateLimits {
  /** `undefined` for a host without a limit. */
  of(host: string): HostRate | undefined;
}

export interface HostRate {
  /** Waits until so many bytes may pass. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

export function createRateLimits(
  { hosts = {} }: RegistrySettings,
  { now, sleep }: { readonly now: () => Date; readonly sleep: (ms: number, signal: AbortSignal) => Promise<void> },
): RateLimits {
  const known = new Map<string, HostRate>();
  const rateOf = (settings: RegistryHostSettings): HostRate => {
    let freeAt = 0;
    return {
      take: async (bytes, signal) => {
        const rate = rateAt(settings, now());
        if (rate === undefined) return;
        const at = now().getTime();
        const begins = Math.max(at, freeAt);
        freeAt = begins + (bytes / rate) * 1000;
        if (begins > at) await sleep(Math.ceil(begins - at), signal);
      },
    };
  };
  return {
    of: (host) => {
      const settings = hosts[host];
      if (settings?.rate === undefined) return undefined;
      const rate = known.get(host) ?? rateOf(settings);
      known.set(host, rate);
      return rate;
    },
  };
}

/** Bytes per second at a time; `undefined` outside the hours of the limit, which are those of this machine's clock. */
export function rateAt({ rate, rateHours }: RegistryHostSettings, at: Date): number | undefined {
  if (rateHours === undefined) return rate;
  const [from = 0, to = 0] = rateHours.split('-').map(minutesOf);
  const minute = at.getHours() * 60 + at.getMinutes();
  const isWithin = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  return isWithin ? rate : undefined;
}

/** `08:30` → 510 */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** One line for each host with a limit: `quay.io: at most 2.0 MiB per second, 08:00-18:00`. */
export function ratesInWords({ hosts = {} }: RegistrySettings): string[] {
  return Object.entries(hosts).flatMap(([host, { rate, rateHours }]) =>
    rate === undefined
      ? []
      : [`${host}: at most ${formatBytes(rate)} per second${rateHours === undefined ? '' : `, ${rateHours}`}`],
  );
}

/** A body that arrives no faster than its host may send. */
export function throttledBody(body: Readable, rate: HostRate, signal: AbortSignal): Readable {
  const slow = new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      rate.take(piece.length, signal).then(
        () => done(null, piece),
        (error: unknown) => done(error as Error),
      );
    },
  });
  // The reader gets the error too.
  pipeline(body, slow, () => undefined);
  return slow;
}

// About what a line brings in a second: a server that waits for a larger piece may give up.
const mostAtOnce = 16 * 1024;

/** Pieces that leave no faster than a host may get them. Copies, since small pieces may wait in the socket. */
export async function* throttledPieces(
  pieces: AsyncIterable<Buffer>,
  rate: HostRate,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += mostAtOnce) {
      const part = Buffer.from(piece.subarray(at, at + mostAtOnce));
      await rate.take(part.length, signal);
      yield part;
    }
  }
}
