/** What the commands that talk to the registry of a site stand on: its records, the chain, and a client. */
import type { SequenceImages } from '../mirror/chain-images';
import { imagesBySequence } from '../mirror/chain-images';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror } from '../mirror/mirror';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';
import { engineOptions, registrySettings } from '../mirror/settings';
import type { KnownSite, LedgerEntry } from '../mirror/sites/sites';
import { headWithin, readSite, siteProjectName } from '../mirror/sites/sites';
import type { RegistryDestination } from '../registry/destination';
import { formatDestination, parseDestination } from '../registry/destination';
import type { PushClient, PushClientOptions } from '../registry/push';
import { createPushClient } from '../registry/push';
import { nothingAcknowledged, registryOfSiteUnknown } from './errors';

export interface AskedSite {
  readonly location: MirrorLocation;
  readonly site: string;
  /** `host[:port][/namespace]`. Default: the one in site.yaml. */
  readonly registry?: string | undefined;
}

/** A site whose registry can be reached, with the whole chain. */
export interface SiteRegistry extends KnownSite {
  readonly mirror: Mirror;
  readonly name: string;
  /** The Nx project of the site. */
  readonly project: string;
  readonly destination: RegistryDestination;
  /** The destination as people write it. */
  readonly shown: string;
  readonly sequences: readonly ProvenSequence[];
  /** The images of each of these sequences. */
  readonly all: readonly SequenceImages[];
  /** The last sequence of this chain that the site has acknowledged. */
  readonly head: LedgerEntry;
}

/**
 * @param command for messages: `drift`
 * @throws SEQ0658 if no registry is known, SEQ0659 if nothing is acknowledged, SEQ0611 for a site that does not exist,
 *   SEQ0524 for a registry that cannot be one, and the errors of a chain that is not as it was sealed
 */
export async function siteRegistry(
  { location, site: name, registry: typed }: AskedSite,
  command: string,
): Promise<SiteRegistry> {
  const mirror = await openMirror(location);
  const known = await readSite(mirror, name);
  const project = siteProjectName(mirror, name);
  const registry = typed ?? known.site.registry;
  if (registry === undefined) throw registryOfSiteUnknown({ site: name, project, command });
  const { sequences } = await openSealedChain(mirror, { trust: 'proven' });
  const entries = sequences.map(({ entry }) => entry);
  const head = headWithin(known.ledger, entries);
  if (head === undefined) throw nothingAcknowledged({ site: name, project });
  const destination = parseDestination(registry, known.site);
  const all = await imagesBySequence(mirror, sequences);
  const shown = formatDestination(destination);
  return { ...known, mirror, name, project, destination, shown, sequences, all, head };
}

/** How to reach the registry. */
export function connectionOf(
  { mirror, destination }: SiteRegistry,
  { location, signal }: { readonly location: MirrorLocation; readonly signal: AbortSignal },
): PushClientOptions {
  const { retries } = engineOptions(mirror.settings);
  return { destination, settings: registrySettings(mirror.settings, mirror.root), env: location.env, signal, retries };
}

/** Works with a client for the registry, and closes it. */
export async function withClient<T>(options: PushClientOptions, work: (client: PushClient) => Promise<T>): Promise<T> {
  const client = createPushClient(options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
