import type { MirrorLocation } from '../mirror/mirror';
import { chainLockFile, forPeople, openMirror } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { openSealedChain } from '../mirror/sealed-chain';
import { chainSignature, nothingToSign, writeChainLock } from '../mirror/signing/signing';
import { withMirrorLock } from '../mirror/with-mirror-lock';

/** What `signChain` signed. */
export interface SignChainOutcome {
  readonly mirror: string;
  /** Relative to the top of the workspace. */
  readonly file: string;
  /** The last sealed sequence. */
  readonly head: string;
}

/**
 * Signs chain.lock as it is: when signing is new, when the key has changed, or when people merged what two had sealed.
 * Before it signs, it proves that every sequence is what its line says.
 *
 * @throws SEQ0625 when there is no key to sign with, SEQ02xx for a chain that is not sound
 *
 * @example
 * ```ts
 * const { head } = await signChain({ ...run, location });
 * ```
 */
export async function signChain({ location, ...run }: Run & { location: MirrorLocation }): Promise<SignChainOutcome> {
  const mirror = await openMirror(location);
  return withMirrorLock(mirror, { purpose: 'sign', ...run }, async () => {
    const file = forPeople(mirror, chainLockFile(mirror));
    if (mirror.settings.signing === undefined) throw nothingToSign({ file, why: 'no signing' });
    const { lock, sequences } = await openSealedChain(mirror, { trust: 'proven' });
    const head = sequences.at(-1)?.entry;
    if (head === undefined) throw nothingToSign({ file, why: 'nothing sealed' });
    await writeChainLock(mirror, lock, { asked: true });
    const [wrong] = (await chainSignature(mirror)).findings;
    if (wrong !== undefined) run.progress.note(`Signed, but: ${wrong.what}`);
    return { mirror: mirror.name, file, head: head.folder };
  });
}
