/** Faults on demand: which requests they hit, and what happens then. The first matching rule counts. */
import type { JournalEntry } from './journal';

export interface FaultRule {
  readonly match?: FaultMatch;
  readonly action: FaultAction;
}

/** What is not given matches everything. Requests that are not yet authenticated are not matched. */
export interface FaultMatch {
  readonly server?: JournalEntry['server'];
  readonly method?: string;
  readonly path?: RegExp;
  /** Only the nth of the matching requests, counted from 1. */
  readonly nth?: number;
  /** The first so many of the matching requests. */
  readonly first?: number;
}

export type FaultAction =
  /**
   * An answer without the content. `retryAfter`: seconds, or a date as HTTP writes it; `challenge`: how to log in, as
   * WWW-Authenticate says it.
   */
  | {
      readonly status: number;
      readonly retryAfter?: number | string;
      readonly message?: string;
      readonly challenge?: string;
    }
  /** At most so many bytes a second. */
  | { readonly bytesPerSecond: number }
  /** The connection ends after so many bytes of the body, in good order (FIN) and too early. */
  | { readonly cutAfter: number }
  /** The connection is reset (RST) after so many bytes of the body; 0: before any answer. */
  | { readonly resetAfter: number }
  /** Nothing more comes after so many bytes of the body, and the connection stays open. */
  | { readonly stallAfter: number }
  /** The byte at this offset of the body is another one. */
  | { readonly wrongByteAt: number }
  /** The whole content with status 200, whatever range was asked for. */
  | { readonly ignoreRange: true };

export class Faults {
  readonly #rules = new Set<{ readonly rule: FaultRule; seen: number }>();

  /** Adds a rule; the returned function removes it. */
  add(rule: FaultRule): () => void {
    const counted = { rule, seen: 0 };
    this.#rules.add(counted);
    return () => void this.#rules.delete(counted);
  }

  clear(): void {
    this.#rules.clear();
  }

  actionFor(entry: JournalEntry): FaultAction | undefined {
    for (const counted of this.#rules) {
      const { match = {}, action } = counted.rule;
      if (match.server !== undefined && match.server !== entry.server) continue;
      if (match.method !== undefined && match.method !== entry.method) continue;
      if (match.path !== undefined && !match.path.test(entry.path)) continue;
      counted.seen++;
      if (match.nth !== undefined && match.nth !== counted.seen) continue;
      if (match.first !== undefined && counted.seen > match.first) continue;
      return action;
    }
    return undefined;
  }
}
