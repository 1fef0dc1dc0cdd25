import type { LeftOverFolder } from '../mirror/left-overs';
import { findingOfLeftOver, leftOversIn } from '../mirror/left-overs';
import type { MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import type { Finding } from '../system/errors';
import { silentProgress } from '../system/progress';

export interface ClearedLeftOvers {
  /** What was cleared up, one line each. */
  readonly swept: readonly string[];
  /** Folders that stay, because they hold something that cannot be made again. */
  readonly kept: readonly Finding[];
}

/**
 * Removes what a switch of branches left behind in content/, as each run that takes the lock does. It takes the lock
 * only if there is something to remove.
 *
 * @throws SEQ0203 when another run holds the lock
 *
 * @example
 * ```ts
 * const { swept } = await clearLeftOvers(location, run);
 * console.log(swept.join('\n'));
 * ```
 */
export async function clearLeftOvers(
  location: MirrorLocation,
  { now }: { readonly now: () => Date },
): Promise<ClearedLeftOvers> {
  const mirror = await openMirror(location);
  const found = await leftOversIn(mirror, await readChain(mirror));
  const kept = found.filter(isKept).map(findingOfLeftOver);
  const swept: string[] = [];
  if (found.every(isKept)) return { swept, kept };
  const progress = { ...silentProgress, note: (text: string) => void swept.push(text) };
  await withMirrorLock(mirror, { purpose: 'clear left-overs', now, progress }, () => Promise.resolve());
  return { swept, kept };
}

function isKept({ kept }: LeftOverFolder): boolean {
  return kept.length > 0;
}
