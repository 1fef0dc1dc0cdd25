import { checkSealed } from '../mirror/check-sealed';
import type { MirrorLocation } from '../mirror/mirror';
import { chainLockFile, chainLockName, forPeople, openMirror, readChain } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { chainSignature, nothingToSign, signerFor, writeChainLock } from '../mirror/signing/signing';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { headOf } from '../sequence/chain-lock';
import { SeqmirrorError } from '../system/errors';

export interface SignChainOutcome {
  readonly mirror: string;
  /** From the top of the workspace. */
  readonly file: string;
  /** The last sealed sequence. */
  readonly head: string;
}

/**
 * Signs chain.lock as it is: when signing is new, when the key has changed, or when people merged what two had sealed.
 * Every sequence is proven to be what its line says before.
 *
 * @throws SEQ0625 when nothing signs here, SEQ02xx for a chain that is not sound
 */
export async function signChain({ location, ...run }: Run & { location: MirrorLocation }): Promise<SignChainOutcome> {
  const mirror = await openMirror(location);
  return withMirrorLock(mirror, { purpose: 'sign', ...run }, async () => {
    const chain = await readChain(mirror);
    const file = forPeople(mirror, chainLockFile(mirror));
    if (signerFor(mirror, chainLockName) === undefined) throw nothingToSign({ file, why: 'no signing' });
    const [broken] = chain.findings.filter(({ severity }) => severity === 'error');
    if (broken !== undefined) throw new SeqmirrorError(broken);
    const head = headOf(chain.lock);
    if (head === undefined) throw nothingToSign({ file, why: 'nothing sealed' });
    for (const entry of chain.lock.entries) if (entry.state === 'sealed') await checkSealed(mirror, chain, entry);
    await writeChainLock(mirror, chain.lock);
    const [wrong] = (await chainSignature(mirror)).findings;
    if (wrong !== undefined) run.progress.note(`Signed, but: ${wrong.what}`);
    return { mirror: mirror.name, file, head: head.folder };
  });
}
