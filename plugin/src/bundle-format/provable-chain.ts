/**
 * What a registry that has a whole sequence would answer, according to the records here: receipts are compared with it.
 */
import { imagesBySequence } from '../mirror/chain-images';
import type { Mirror } from '../mirror/mirror';
import { openSealedChain } from '../mirror/sealed-chain';
import type { ProvableSequence } from './acknowledgement';
import { verifiedLines, verifiedOf } from './receipt/receipt';

/** The sealed sequences, each with the hash that a registry with all of its images gives. */
export async function provableChain(mirror: Mirror): Promise<ProvableSequence[]> {
  const { sequences } = await openSealedChain(mirror, { trust: 'as recorded' });
  const images = await imagesBySequence(mirror, sequences);
  return sequences.map(({ entry }, index) => {
    const own = images[index]?.images ?? [];
    const byDigest = { verified: verifiedOf(own, 'by digest'), images: verifiedLines(own, 'by digest').length };
    return { entry, verified: verifiedOf(own), images: verifiedLines(own).length, byDigest };
  });
}
