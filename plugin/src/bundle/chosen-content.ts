/** The content of a bundle, chosen by a kind, a list of missing blobs, or a transfer that is made again. */
import { resolve } from 'node:path';
import type { Transfer } from '../mirror/sites/sites';
import type { BundleContent } from './content';
import { contentOf, contentOfNeed, contentWithout } from './content';
import type { BundleGround } from './ground';
import { digestsNeeded } from './needed-digests';
import type { BundleOptions } from './options';
import { needsAtThatTime } from './transfer';

/** @throws SEQ0679 for a list that cannot be read */
export async function chosenContent(
  { kind, need, sites, location: { workspaceRoot } }: BundleOptions,
  again: Transfer | undefined,
  { chain, holders }: BundleGround,
): Promise<BundleContent> {
  if (need !== undefined) return contentOfNeed(chain, await digestsNeeded(resolve(workspaceRoot, need), chain.closure));
  if (again?.kind === 'site') return contentWithout(chain, needsAtThatTime(again, chain));
  return contentOf(again?.kind ?? kind ?? (sites.length === 0 ? 'baseline' : 'site'), chain, holders);
}
