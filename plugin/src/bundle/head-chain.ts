/** The chain up to the head of a bundle, proven by its seals. */
import { notSealedYet } from '../mirror/errors';
import { requireSealed } from '../mirror/find-sequence';
import type { Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';

/** @throws SEQ0239 if it is not sealed, SEQ0626 if chain.lock is not signed as required */
export async function sealedUpTo(mirror: Mirror, folder: string): Promise<readonly ProvenSequence[]> {
  const chain = await readChain(mirror);
  const { number } = requireSealed(mirror, chain, { folder, refusal: notSealedYet });
  return (await openSealedChain(mirror, { chain, upTo: number, trust: 'proven and signed' })).sequences;
}
