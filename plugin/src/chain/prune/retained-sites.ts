/** What the sites of a mirror have and are on their way to have, as far as it decides what may be retired. */
import { join } from 'node:path';
import type { Mirror } from '../../mirror/mirror';
import { forPeople } from '../../mirror/mirror';
import type { RecordedSequence } from '../../mirror/sites/sites';
import { headWithin, ledgerBy, readSite, siteFolders, siteNames, sitePath } from '../../mirror/sites/sites';
import { namesIn } from '../../system/files';
import { siteWithoutSettings } from '../errors';
import type { RetainedSite } from './retention';

/**
 * Every site, or none: one that cannot be read might need anything.
 *
 * @throws SEQ0267 for a folder with a ledger or transfers and no site.yaml, and the errors of readSite
 */
export async function retainedSites(mirror: Mirror, sequences: readonly RecordedSequence[]): Promise<RetainedSite[]> {
  const known = await siteFolders(mirror);
  for (const folder of await namesIn(join(mirror.root, siteNames.folder))) {
    if (known.includes(folder)) continue;
    const names = await namesIn(sitePath(mirror, folder));
    const isSite = names.includes(siteNames.ledger) || names.includes(siteNames.transfers);
    if (isSite) throw siteWithoutSettings({ folder: forPeople(mirror, sitePath(mirror, folder)) });
  }
  const entries = sequences.map(({ entry }) => entry);
  return Promise.all(
    known.map(async (name) => {
      const { site, ledger, transfers } = await readSite(mirror, name);
      const head = headWithin(ledgerBy(ledger, site.rely_on), entries)?.sequence ?? 0;
      const inTransit = transfers
        .filter((transfer) => transfer.state === 'sent' && transfer.head.number > head)
        .map((transfer) => ({ id: transfer.id, head: transfer.head.number }));
      return { name, head, inTransit };
    }),
  );
}
