/**
 * Failures of single images, which do not end a run: the others are fetched first, so that an image that is gone at its
 * source costs only itself. Failures that concern everything (settings, credentials files, trust) end the run at once.
 */
import { mapConcurrently } from '../../system/concurrency';
import type { ErrorCode } from '../../system/error-codes';
import type { SeqmirrorError } from '../../system/errors';
import { isSeqmirrorError } from '../../system/errors';

/** An image that could not be looked up or fetched. */
export interface FailedImage {
  /** As the configuration, or the content that it names, calls it. */
  readonly name: string;
  /** What names it, where that is not the configuration. */
  readonly neededBy?: string | undefined;
  readonly error: SeqmirrorError;
}

interface Attempts<Item, Done> {
  /** How many at the same time. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly hostOf: (item: Item) => string;
  readonly work: (item: Item) => Promise<Done>;
}

const passing: readonly ErrorCode[] = ['SEQ0503', 'SEQ0508', 'SEQ0509', 'SEQ0516', 'SEQ0525'];
const ofOneImage: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...passing,
  ...(['SEQ0411', 'SEQ0412', 'SEQ0416', 'SEQ0417', 'SEQ0418'] as const),
  ...(['SEQ0501', 'SEQ0505', 'SEQ0506', 'SEQ0507', 'SEQ0510'] as const),
]);
// Each of these took all attempts of the registry's client: minutes, if a host does not answer at all.
const ofItsHost: readonly ErrorCode[] = ['SEQ0503', 'SEQ0509'];
const enoughOfAHost = 3;

/**
 * Does the work for every item, in order, and returns those that failed. Failures that may pass are tried once more at
 * the end, one at a time. A host that failed three times in a row, all retries included, is not asked any more.
 */
export async function attemptAll<Item, Done>(
  items: readonly Item[],
  attempts: Attempts<Item, Done>,
): Promise<{ readonly done: Done[]; readonly failed: { readonly item: Item; readonly error: SeqmirrorError }[] }> {
  const outcomes = await attemptEach(items, attempts);
  const again = [...outcomes.keys()].filter((index) => {
    const outcome = outcomes[index];
    return outcome !== undefined && 'error' in outcome && passing.includes(outcome.error.code);
  });
  const second = await attemptEach(
    again.map((index) => items[index] as Item),
    { ...attempts, limit: 1 },
  );
  again.forEach((index, place) => {
    outcomes[index] = second[place] as Outcome<Done>;
  });
  return {
    done: outcomes.flatMap((outcome) => ('done' in outcome ? [outcome.done] : [])),
    failed: outcomes.flatMap((outcome, index) =>
      'error' in outcome ? [{ item: items[index] as Item, error: outcome.error }] : [],
    ),
  };
}

type Outcome<Done> = { readonly done: Done } | { readonly error: SeqmirrorError };

function attemptEach<Item, Done>(
  items: readonly Item[],
  { limit, signal, hostOf, work }: Attempts<Item, Done>,
): Promise<Outcome<Done>[]> {
  const hosts = new Map<string, { readonly inARow: number; readonly error: SeqmirrorError }>();
  return mapConcurrently(items, { limit, signal }, async (item) => {
    const host = hostOf(item);
    const { inARow = 0, error: last } = hosts.get(host) ?? {};
    if (last !== undefined && inARow >= enoughOfAHost) return { error: last };
    try {
      const done = await work(item);
      hosts.delete(host);
      return { done };
    } catch (error) {
      if (!isSeqmirrorError(error) || !ofOneImage.has(error.code)) throw error;
      if (ofItsHost.includes(error.code)) hosts.set(host, { inARow: (hosts.get(host)?.inARow ?? 0) + 1, error });
      return { error };
    }
  });
}
