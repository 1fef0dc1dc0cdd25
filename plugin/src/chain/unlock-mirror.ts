import { mirrorLocked } from '../mirror/errors';
import type { MirrorLocation } from '../mirror/mirror';
import { openMirror } from '../mirror/mirror';
import type { LockHolder } from '../system/lock';
import { readLock, removeLock } from '../system/lock';

/** Whether there was a lock, and who held it. */
export type UnlockOutcome =
  { readonly kind: 'was-free' } | { readonly kind: 'unlocked'; readonly holder: LockHolder | undefined };

/**
 * Opens a lock whose run is over. On this host it looks at the processes; that another host is gone, a person has to
 * say.
 *
 * @throws SEQ0203 while the holder works, or may work
 *
 * @example
 * ```ts
 * await unlockMirror({ location, gone: undefined, now: new Date() });
 * ```
 */
export async function unlockMirror({
  location,
  gone,
  now,
}: {
  readonly location: MirrorLocation;
  /** The host that is known to be gone, given by a person. */
  readonly gone?: string | undefined;
  readonly now: Date;
}): Promise<UnlockOutcome> {
  const mirror = await openMirror(location);
  const found = await readLock(mirror.data.lockFile);
  if (found.state === 'free') return { kind: 'was-free' };
  if (found.state === 'held' && !(found.where === 'elsewhere' && found.holder.host === gone)) {
    throw mirrorLocked({ mirror: mirror.name, holder: found.holder, where: found.where });
  }
  await removeLock(mirror.data.lockFile, { text: found.text, now });
  return { kind: 'unlocked', holder: found.holder };
}
