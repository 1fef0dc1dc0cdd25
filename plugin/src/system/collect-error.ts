import type { Finding } from './errors';
import { findingOf, isSeqmirrorError } from './errors';

/** The value, or an error that a person can act on as a finding. Bugs and stops are thrown on. */
export async function collectError<T>(
  work: () => Promise<T> | T,
): Promise<
  { readonly value: T; readonly finding?: undefined } | { readonly value?: undefined; readonly finding: Finding }
> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return { finding: findingOf(error) };
  }
}
