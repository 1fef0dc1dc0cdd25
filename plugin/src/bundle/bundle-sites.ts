/** The sites that a bundle is for, and what each of them holds. */
import type { Mirror } from '../mirror/mirror';
import type { KnownSite } from '../mirror/sites/sites';
import { readSite } from '../mirror/sites/sites';
import type { Holder } from './usable';
import { holderOf } from './usable';

/** @throws SEQ0611 for a site that there isn't */
export async function sitesNamed(mirror: Mirror, names: readonly string[]): Promise<KnownSite[]> {
  return Promise.all([...new Set(names)].sort().map((name) => readSite(mirror, name)));
}

export function holdersOf(sites: readonly KnownSite[]): Holder[] {
  return sites.map(({ site, ledger }) => holderOf(site.name, ledger));
}
