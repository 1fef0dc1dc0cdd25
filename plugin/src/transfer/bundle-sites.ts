/** The sites that a bundle is for, and what each of them holds. */
import type { Mirror } from '../mirroring/mirror';
import type { SealedSequence } from '../mirroring/sealed-chain';
import type { Holder } from './bundle-content';
import { heldBy } from './held';
import { readSite } from './site-files';
import type { KnownSite } from './site-files';

/** @throws SEQ0611 for a site that there isn't */
export async function sitesNamed(mirror: Mirror, names: readonly string[]): Promise<KnownSite[]> {
  return Promise.all([...new Set(names)].sort().map((name) => readSite(mirror, name)));
}

export function holdersOf(sites: readonly KnownSite[], chain: readonly SealedSequence[]): Holder[] {
  return sites.map(({ site, ledger }) => ({
    site: site.name,
    held: heldBy(ledger, chain),
    seals: new Set(ledger.entries.map(({ seal }) => seal)),
  }));
}
