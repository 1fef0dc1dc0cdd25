/** Writes the cluster resources of every site as folders for kustomize and GitOps. Asks no registry. */
import { join } from 'node:path';
import type { ClusterResources } from '../cluster-resources/cluster-resources';
import { kustomizationName, kustomizeFolders, kustomizeParts } from '../cluster-resources/kustomize';
import { imagesBySequence } from '../mirror/chain-images';
import { openCheckedRecords } from '../mirror/checked-records';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { forPeople, inTree, openMirror } from '../mirror/mirror';
import { recordedResources } from '../mirror/recorded-resources';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';
import { headWithin, readSite, siteFolders } from '../mirror/sites/sites';
import type { RegistryDestination } from '../registry/destination';
import { formatDestination, parseDestination } from '../registry/destination';
import type { PathBelow } from '../system/path-below';
import { below, readableRoot } from '../system/path-below';
import { nothingToExport, notSealedForExport } from './errors';
import type { FolderChanges } from './owned-folder';
import { planFolder } from './owned-folder';

/** The options of `exportResources`. */
export interface ExportOptions {
  readonly location: MirrorLocation;
  /** The folder to write, an absolute path. Default: `export` beside seqmirror.yaml. Files of others in it stay. */
  readonly output?: string | undefined;
  /** The number of the sequence for every site. Default: what each site has acknowledged last. */
  readonly sequence?: number | undefined;
  /** Compare only; write nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What `exportResources` wrote, or would write. */
export interface ExportOutcome extends FolderChanges {
  readonly mirror: string;
  readonly folder: string;
  readonly done: boolean;
  readonly sites: readonly ExportedSite[];
  /** Sites that were left out, each with the reason. */
  readonly leftOut: readonly { readonly site: string; readonly why: string }[];
  /** Tags of releases whose signatures are not exported, since no archive with them is on this machine. */
  readonly withoutSignature: readonly string[];
}

/** A site, and the sequence whose resources were exported for it. */
export interface ExportedSite {
  readonly site: string;
  readonly number: number;
  readonly folder: string;
  /** `host[:port][/namespace]` */
  readonly registry: string;
}

/**
 * Writes `base/` and `overlays/<site>/`: for each site with a registry, the resources of the sequence that it has
 * acknowledged last, with the mirrors of all sequences before it. The records are proven first. Signatures of releases
 * come out of archives, if these are on this machine.
 *
 * @throws SEQ0270 when there is nothing to export, SEQ0272 for a sequence that is not sealed, SEQ0271 when another file is
 *   in the way, and the errors of a chain that is not as it was sealed
 *
 * @example
 * ```ts
 * const { written } = await exportResources({ location, dryRun: true, signal: run.signal });
 * console.log(written.join(' '));
 * ```
 */
export async function exportResources(options: ExportOptions): Promise<ExportOutcome> {
  const { location, dryRun, signal } = options;
  const mirror = await openMirror(location);
  const output = folderFor(mirror, options);
  const checked = await openCheckedRecords(mirror);
  const { sequences } = await openSealedChain(mirror, { trust: 'proven', checked });
  const all = await imagesBySequence(mirror, sequences, { checked });
  await checked.keep();
  const { sites, leftOut } = await sitesToExport(mirror, options, sequences);
  if (sites.length === 0)
    throw nothingToExport({ mirror: mirror.name, left: leftOut.map(({ site, why }) => `${site}: ${why}`) });

  const numbers = [...new Set(sites.map(({ number }) => number))];
  const { resourcesOf, withoutSignature } = await recordedResources(mirror, { sequences, all, numbers, signal });
  const resources = new Map<string, ClusterResources>();
  for (const { site, number, destination } of sites) resources.set(site, await resourcesOf(number, { destination }));
  const { changes, apply } = await planFolder(output, kustomizeFolders(resources), {
    parts: kustomizeParts,
    isLast: (path) => path.endsWith(`/${kustomizationName}`),
  });
  if (!dryRun) await apply();
  return {
    mirror: mirror.name,
    folder: forPeople(mirror, output.path),
    done: !dryRun,
    sites: sites.map(({ destination, ...site }) => ({ ...site, registry: formatDestination(destination) })),
    leftOut,
    withoutSignature,
    ...changes,
  };
}

function folderFor(mirror: Mirror, { output }: Pick<ExportOptions, 'output'>): PathBelow {
  return output === undefined ? inTree(mirror, join(mirror.root, 'export')) : below(readableRoot(output), output);
}

interface SiteToExport extends Omit<ExportedSite, 'registry'> {
  readonly destination: RegistryDestination;
}

async function sitesToExport(
  mirror: Mirror,
  { sequence }: Pick<ExportOptions, 'sequence'>,
  sequences: readonly ProvenSequence[],
): Promise<{ sites: SiteToExport[]; leftOut: { site: string; why: string }[] }> {
  const sites: SiteToExport[] = [];
  const leftOut: { site: string; why: string }[] = [];
  const entries = sequences.map(({ entry }) => entry);
  if (sequence !== undefined && entries[sequence - 1] === undefined)
    throw notSealedForExport({ mirror: mirror.name, number: sequence, last: entries.length });
  for (const name of await siteFolders(mirror)) {
    const { site, ledger } = await readSite(mirror, name);
    const entry = entries[(sequence ?? headWithin(ledger, entries)?.sequence ?? 0) - 1];
    if (site.registry === undefined) leftOut.push({ site: name, why: 'its site.yaml has no `registry`' });
    else if (entry === undefined) leftOut.push({ site: name, why: 'it has not acknowledged a sequence' });
    else {
      const destination = parseDestination(site.registry, site);
      sites.push({ site: name, number: entry.number, folder: entry.folder, destination });
    }
  }
  return { sites, leftOut };
}
