/** What is known about a bundle before its kind is chosen: its head, its sites, what every volume has. */
import type { HashPool } from '../archive/hashing/hashing';
import type { PlannedFile } from '../archive/plan';
import type { ImageSetDocument } from '../imageset/document';
import type { Mirror } from '../mirror/mirror';
import { readRecordedConfig } from '../mirror/records';
import type { SealedSequence } from '../mirror/sealed-chain';
import type { KnownSite, Transfer } from '../mirror/sites/sites';
import { ledgerBy, nextTransfer, readSite } from '../mirror/sites/sites';
import type { BundleFile } from '../volumes/bundle-file';
import type { Medium } from '../volumes/volumes';
import { anyFolder, mediumOf } from '../volumes/volumes';
import type { BundleChain } from './content';
import { bundleChainOf } from './content';
import type { BundleOptions } from './options';
import type { BundlePlan } from './plan';
import { bundleRecords } from './records';
import { shallowAtThatTime } from './transfer';
import type { Holder } from './usable';
import { holderOf } from './usable';
import { filesForHead } from './working-dir-of-head';

/** What all kinds of bundles of one head share. */
export interface BundleGround {
  readonly mirror: Mirror;
  readonly chain: BundleChain;
  readonly document: ImageSetDocument;
  readonly records: readonly BundleFile[];
  readonly medium: Medium;
  readonly sites: readonly string[];
  readonly shallow: BundlePlan['shallow'];
  readonly id: string;
  /** The files that oc-mirror reads besides, and those that are found nowhere. */
  readonly files: readonly PlannedFile[];
  readonly lacking: readonly string[];
  /** What each site that it is for holds. */
  readonly holders: readonly Holder[];
}

/**
 * @param facts.again a transfer that is made again, whose sites and number it keeps
 * @throws SEQ0611 for a site that does not exist, SEQ0670 for an unknown medium
 */
export async function groundOf(
  options: BundleOptions,
  facts: {
    mirror: Mirror;
    sequences: readonly SealedSequence[];
    pool: HashPool;
    again: Transfer | undefined;
  },
): Promise<BundleGround> {
  const { mirror, sequences, pool, again } = facts;
  const names = [...new Set(again?.sites ?? options.sites)].sort();
  const sites = await Promise.all(names.map((name) => readSite(mirror, name)));
  const chain = bundleChainOf(sequences);
  const { folder } = chain.head.entry;
  const document = await readRecordedConfig(mirror, folder);
  return {
    mirror,
    chain,
    document,
    records: await bundleRecords(mirror, sequences, options),
    medium: mediumFor(options, sites),
    sites: names,
    shallow: again === undefined ? shallowOf(sites) : shallowAtThatTime(again),
    holders: options.fresh ? [] : sites.map(({ site, ledger }) => holderOf(site.name, ledgerBy(ledger, site.rely_on))),
    id: again?.id ?? (sites.length === 0 ? folder : await nextTransfer(mirror)),
    ...(await filesForHead(mirror, chain, document, { pool, signal: options.signal })),
  };
}

function shallowOf(sites: readonly KnownSite[]): BundlePlan['shallow'] {
  return sites.flatMap(({ site: { name, maxNestedPaths } }) =>
    maxNestedPaths === undefined ? [] : [{ site: name, maxNestedPaths }],
  );
}

function mediumFor({ media }: BundleOptions, sites: readonly KnownSite[]) {
  const name = media ?? (sites.length === 1 ? sites[0]?.site.media : undefined);
  return name === undefined ? anyFolder : mediumOf(name);
}
