import { acquireLock } from '../system/lock';
import { ensureOperatorKey } from '../system/operator-key';
import type { Progress } from '../system/progress';
import { makeDataDirectory } from './data-directory-guard';
import { mirrorLocked } from './errors';
import { sweepLeftOvers } from './left-overs';
import type { Mirror } from './mirror';
import { recover } from './seal-transaction/seal-transaction';

/**
 * Does work while no other run may change this mirror. Before, it finishes what a killed run left undone and removes
 * what a switch of branches left behind.
 *
 * @throws SEQ0203 at once when another run holds the lock
 */
export async function withMirrorLock<T>(
  mirror: Mirror,
  { purpose, now, progress }: { purpose: string; now: () => Date; progress: Progress },
  work: () => Promise<T>,
): Promise<T> {
  await makeDataDirectory(mirror.data);
  await ensureOperatorKey(mirror.data.keyFile);
  const attempt = await acquireLock(mirror.data.lockFile, { purpose, now: now() });
  if (!attempt.acquired) throw mirrorLocked({ mirror: mirror.name, ...attempt });
  try {
    if (attempt.replaced !== undefined) {
      progress.note(
        `The run "${attempt.replaced.purpose}" of ${attempt.replaced.since} ended without releasing its lock; seqmirror continues from its files`,
      );
    }
    for (const note of await recover(mirror)) progress.note(note);
    for (const note of await sweepLeftOvers(mirror)) progress.note(note);
    return await work();
  } finally {
    await attempt.release();
  }
}
