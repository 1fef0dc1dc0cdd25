/** What a registry that has a sequence whole answers for, by the records of this side: receipts are compared with it. */
import { imagesBySequence } from '../mirror/chain-images';
import type { Mirror } from '../mirror/mirror';
import { openSealedChain } from '../mirror/sealed-chain';
import type { ProvableSequence } from './acknowledgement';
import { verifiedLines, verifiedOf } from './receipt/receipt';

export interface AnswerableSequence extends ProvableSequence {
  /** What a registry is asked for, as verifiedLines gives it. */
  readonly lines: readonly string[];
}

/** The sealed sequences with what a registry that has all of them answers for. */
export async function provableChain(mirror: Mirror): Promise<AnswerableSequence[]> {
  const { sequences } = await openSealedChain(mirror, { trust: 'as recorded' });
  const images = await imagesBySequence(mirror, sequences);
  return sequences.map(({ entry }, index) => {
    const own = images[index]?.images ?? [];
    const lines = verifiedLines(own);
    return { entry, verified: verifiedOf(own), images: lines.length, lines };
  });
}
