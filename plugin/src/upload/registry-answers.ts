/** Whether a registry has what was uploaded, by its own answers: what receipts are made of. */
import { formatDestination } from '../registry/destination';
import type { PushClientOptions } from '../registry/push';
import { createPushClient } from '../registry/push';
import { mapConcurrently } from '../system/concurrency';
import { notAnsweredFor } from './errors';

const askedAtATime = 8;
const mostPlacesTold = 10;

/**
 * Asks for the manifest behind each line by HEAD.
 *
 * @param lines `repository@digest`, as verifiedLines gives them
 * @throws SEQ0648 when it does not answer for each with its digest
 */
export async function requireAnswers(lines: readonly string[], options: PushClientOptions): Promise<void> {
  const { destination, signal } = options;
  const client = createPushClient(options);
  try {
    const answers = await mapConcurrently(lines, { limit: askedAtATime, signal }, async (line) => {
      const [repository = '', digest = ''] = line.split('@');
      return (await client.manifestAt(repository, digest, { signal })) === digest;
    });
    const silent = lines.filter((_, index) => !answers[index]);
    if (silent.length === 0) return;
    throw notAnsweredFor({
      destination: formatDestination(destination),
      count: silent.length,
      all: lines.length,
      places: silent.slice(0, mostPlacesTold),
    });
  } finally {
    await client.close();
  }
}
