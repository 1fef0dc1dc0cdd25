import type { MirrorLocation } from '../mirror/mirror';
import { chainLockFile, chainLockLimit, forPeople, inTree, openMirror } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { openSealedChain } from '../mirror/sealed-chain';
import type { CountersignOutcome } from '../mirror/signing/signing';
import { asOfFirst, nothingToSign, secondSigner, signSecond } from '../mirror/signing/signing';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { readText } from '../system/text-file';

export interface CountersignChainOptions extends Run {
  readonly location: MirrorLocation;
  /** The second person's key, if it is not the one that seqmirror.yaml names. An absolute path. */
  readonly key?: string | undefined;
}

/**
 * Signs chain.lock for a second person, beside the signature of the first: after it has proven that every sequence is
 * what its line says.
 *
 * @throws SEQ0625 when no second signature can be made here, SEQ0626 when the first signature is not valid or both
 *   are by one person, SEQ02xx for a chain that is not sound
 *
 * @example
 * ```ts
 * await countersignChain({ ...run, location, key: '/home/me/.ssh/id_ed25519' });
 * ```
 */
export async function countersignChain({
  location,
  key,
  ...run
}: CountersignChainOptions): Promise<CountersignOutcome> {
  const mirror = await openMirror(location);
  return withMirrorLock(mirror, { purpose: 'countersign', ...run }, async () => {
    const signer = secondSigner(mirror, { key, env: location.env });
    const file = inTree(mirror, chainLockFile(mirror));
    const { sequences } = await openSealedChain(asOfFirst(mirror), { trust: 'proven and signed' });
    const head = sequences.at(-1)?.entry;
    if (head === undefined) throw nothingToSign({ file: forPeople(mirror, file.path), why: 'nothing sealed' });
    const content = await readText(file, { limit: chainLockLimit });
    const { by, isNew } = await signSecond(mirror, { file, content, purpose: 'seqmirror-chain', signer });
    return { files: [forPeople(mirror, file.path)], by, head: head.folder, isNew };
  });
}
