/** Asks a registry whether it has what was uploaded: receipts are made from these answers. */
import { formatDestination } from '../registry/destination';
import type { PushClientOptions } from '../registry/push';
import { createPushClient } from '../registry/push';
import { mapConcurrently } from '../system/concurrency';
import { notAnsweredFor } from './errors';

const askedAtATime = 8;
const mostPlacesTold = 10;

interface Asking extends PushClientOptions {
  /** Lines for which the registry has answered in this run, and to which nothing was uploaded since. */
  readonly known?: ReadonlySet<string> | undefined;
}

/**
 * Asks with HEAD for each manifest, which clusters pull by its digest, and for the digest of the tag.
 *
 * @param lines `repository:tag@digest`, as verifiedLines gives them
 * @throws SEQ0648 when it lacks one, or a tag does not stand for its digest
 */
export async function requireAnswers(
  lines: readonly string[],
  { known = new Set(), ...options }: Asking,
): Promise<void> {
  const { destination, signal } = options;
  const unknown = lines.filter((line) => !known.has(line));
  const client = createPushClient(options);
  try {
    const answers = await mapConcurrently(unknown, { limit: askedAtATime, signal }, async (line) => {
      const [, repository = '', tag = '', digest = ''] = /^([^:@]+):([^@]+)@(.+)$/.exec(line) ?? [];
      if ((await client.manifestAt(repository, digest, { signal })) !== digest) return line;
      const there = await client.manifestAt(repository, tag, { signal });
      return there === digest ? undefined : `${line}${there === undefined ? '' : `, but the tag points to ${there}`}`;
    });
    const silent = answers.filter((answer) => answer !== undefined);
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
