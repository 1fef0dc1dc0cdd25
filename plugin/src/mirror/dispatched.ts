import { join } from 'node:path';
import { namesIn } from '../system/files';
import { readTextIfThere } from '../system/text-file';
import type { ChainRecords } from './mirror';
import { forPeople, inTree } from './mirror';

/**
 * The record of a site that names a seal: a transfer that carried it, or a ledger that has it. The text alone is
 * searched, so that a record that cannot be parsed counts too.
 */
export async function dispatchedIn(mirror: ChainRecords, seal: string): Promise<string | undefined> {
  const sites = join(mirror.root, 'sites');
  for (const site of (await namesIn(sites)).sort()) {
    const transfers = (await namesIn(join(sites, site, 'transfers'))).sort().map((name) => join('transfers', name));
    for (const name of ['ledger.yaml', ...transfers.filter((file) => file.endsWith('.yaml'))]) {
      const file = join(sites, site, name);
      if ((await readTextIfThere(inTree(mirror, file)))?.includes(seal)) return forPeople(mirror, file);
    }
  }
  return undefined;
}
