/** Compares the registry of a site with the ledger of the site: asks for every manifest, tag and layer, and changes nothing. */
import type { SequenceImages } from '../mirror/chain-images';
import type { Run } from '../mirror/run';
import { requireDistinctPlaces } from '../push/distinct-places';
import { blobSetOf } from '../sequence/closure';
import { writeFileAtomically } from '../system/atomic-file';
import { sumOfBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { inReadableFolder } from '../system/path-below';
import type { TagElsewhere } from './asked-registry';
import { askRegistry } from './asked-registry';
import type { AskedSite } from './site-registry';
import { connectionOf, siteRegistry, withClient } from './site-registry';

/** The options of `registryDrift`. */
export interface DriftOptions extends Pick<Run, 'progress' | 'signal'>, AskedSite {
  /** An absolute path. Gets the digests that the registry lacks, one per line, for `bundle --need`, if it lacks any. */
  readonly output?: string | undefined;
}

/** The result of `registryDrift`. */
export interface DriftOutcome {
  readonly site: string;
  /** The Nx project of the site. */
  readonly project: string;
  readonly registry: string;
  /** The last sequence that the site has acknowledged. */
  readonly sequence: { readonly number: number; readonly folder: string };
  /** The number of tags, manifests and layers that were compared, each counted once per repository. */
  readonly asked: { readonly tags: number; readonly manifests: number; readonly layers: number };
  /** Tags that point to another image, or that are missing. */
  readonly tags: readonly TagElsewhere[];
  /** What the registry lacks in at least one repository. */
  readonly lacking: { readonly blobs: number; readonly bytes: number; readonly images: readonly string[] };
  /** The file with the missing digests, if the command wrote a file. */
  readonly file: string | undefined;
  /** Whether the registry has everything that the site has acknowledged. */
  readonly sound: boolean;
}

/**
 * Asks the registry of a site for everything that the site has acknowledged.
 *
 * @throws SEQ0658 if no registry is known, SEQ0659 if nothing is acknowledged, SEQ0611 for a site that does not exist, SEQ05xx when
 *   the registry refuses or cannot be reached
 *
 * @example
 * ```ts
 * const { sound, lacking } = await registryDrift({ ...run, location, site: 'bravo' });
 * ```
 */
export async function registryDrift(options: DriftOptions): Promise<DriftOutcome> {
  const { progress, signal, output } = options;
  progress.step('check');
  const site = await siteRegistry(options, 'drift');
  const { name, project, destination, shown, sequences, all, head } = site;
  const own = all[head.sequence - 1] as SequenceImages;
  requireDistinctPlaces(own.images, destination);
  const blobs = blobSetOf(...sequences.slice(0, own.number).map(({ inventory }) => inventory.blobs));
  progress.done(`records of ${own.folder}, ${shown}`);

  progress.step('ask');
  const { asked, tags, lost, images } = await withClient(connectionOf(site, options), (client) =>
    askRegistry(own.images, blobs, { client, progress, signal }),
  );
  progress.done(counted(asked.tags + asked.manifests + asked.layers, 'answer'));
  const digests = [...lost.keys()].sort();
  if (digests.length > 0 && output !== undefined)
    await writeFileAtomically(inReadableFolder(output), digests.map((digest) => `${digest}\n`).join(''));
  return {
    site: name,
    project,
    registry: shown,
    sequence: { number: own.number, folder: own.folder },
    asked,
    tags,
    lacking: { blobs: lost.size, bytes: sumOfBytes([...lost.values()].flatMap((blob) => blob ?? [])), images },
    file: digests.length > 0 ? output : undefined,
    sound: tags.length === 0 && lost.size === 0,
  };
}
