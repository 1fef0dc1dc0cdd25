import type { SeqmirrorError } from '../../plugin/src/system/errors';
import { isSeqmirrorError } from '../../plugin/src/system/errors';

/** The error that work ends with. Another error than one of ours, and work that succeeds, fail the test. */
export async function refusalOf(work: Promise<unknown>): Promise<SeqmirrorError> {
  try {
    await work;
  } catch (error) {
    if (isSeqmirrorError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
