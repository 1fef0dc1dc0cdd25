/**
 * Cluster resources of sealed sequences for any registry, made of records and asked of no registry. Signatures of releases
 * come out of archives, as far as these are on this machine.
 */
import { readCatalogTemplates } from '../cluster-resources/catalog-templates';
import type { ClusterResources } from '../cluster-resources/cluster-resources';
import { clusterResourcesOf } from '../cluster-resources/cluster-resources';
import { openArchiveBlobs } from '../push/archive-blobs';
import type { DestinationImage } from '../push/destination-images';
import type { RegistryDestination } from '../registry/destination';
import { isReleaseImage } from '../release/release-images';
import type { ReleaseSignature } from '../release/working-dir';
import { releaseSignaturesIn } from '../release/working-dir';
import type { SequenceImages } from './chain-images';
import { locateArchives } from './locate-archives';
import type { Mirror } from './mirror';
import { sequencePath } from './mirror';
import { readRecordedConfig } from './records';
import type { ProvenSequence } from './sealed-chain';

export interface RecordedResources {
  /**
   * @param asked.mirrorsUpTo the last sequence whose mirrors are added to those of the sequence. Default: the sequence
   *   itself
   */
  resourcesOf(
    number: number,
    asked: { readonly destination: RegistryDestination; readonly mirrorsUpTo?: number | undefined },
  ): Promise<ClusterResources>;
  /** Tags of releases without signatures, since no archive with these is on this machine; sorted. */
  readonly withoutSignature: readonly string[];
}

/** @param numbers the sequences whose resources will be asked for */
export async function recordedResources(
  mirror: Mirror,
  {
    sequences,
    all,
    numbers,
    signal,
  }: {
    readonly sequences: readonly ProvenSequence[];
    readonly all: readonly SequenceImages[];
    readonly numbers: readonly number[];
    readonly signal: AbortSignal;
  },
): Promise<RecordedResources> {
  const releases = new Set(numbers.flatMap((number) => releasesOf(all[number - 1])));
  const signatures = await signaturesOf(releases, mirror, { sequences, signal });
  const signed = new Set(signatures.map(({ tag }) => tag));
  const newIn = newImages(all);
  return {
    resourcesOf: async (number, { destination, mirrorsUpTo = number }) => {
      const own = all[number - 1];
      if (own === undefined) return new Map();
      const { config } = await readRecordedConfig(mirror, own.folder);
      const templates = await readCatalogTemplates(config, sequencePath(mirror, own.folder));
      const others = newIn.slice(0, mirrorsUpTo).flat();
      return clusterResourcesOf({ images: own.images, others, destination, signatures, templates });
    },
    withoutSignature: [...releases].filter((tag) => !signed.has(tag)).sort(),
  };
}

function releasesOf(sequence: SequenceImages | undefined): string[] {
  return (sequence?.images ?? []).filter(isReleaseImage).map(({ tag }) => tag);
}

/**
 * Signatures of these releases, from the archives of the sequences that brought them. If these are retired, a later
 * baseline has the signatures too.
 */
async function signaturesOf(
  tags: ReadonlySet<string>,
  mirror: Mirror,
  { sequences, signal }: { readonly sequences: readonly ProvenSequence[]; readonly signal: AbortSignal },
): Promise<ReleaseSignature[]> {
  const found = new Map<string, ReleaseSignature>();
  const brought = ({ inventory }: ProvenSequence): boolean =>
    inventory.images.some((image) => isReleaseImage(image) && tags.has(image.tag));
  const others = sequences.filter((sequence) => !brought(sequence)).reverse();
  for (const sequence of [...sequences.filter(brought), ...others]) {
    const signed = new Set([...found.values()].map(({ tag }) => tag));
    if (!brought(sequence) && [...tags].every((tag) => signed.has(tag))) break;
    const { entry, metadata } = sequence;
    const { archives } = await locateArchives(mirror, entry.folder, metadata);
    const paths = archives.flatMap(({ file }) => (file === undefined ? [] : [file.path]));
    const { workingDir } = await openArchiveBlobs(paths, { signal });
    for (const signature of await releaseSignaturesIn(workingDir))
      if (tags.has(signature.tag)) found.set(`${signature.tag} ${signature.hex}`, signature);
  }
  return [...found.values()];
}

/** For each sequence, its images that are not among those of the sequences before it. */
function newImages(sequences: readonly SequenceImages[]): DestinationImage[][] {
  const seen = new Set<DestinationImage>();
  return sequences.map(({ images }) => {
    const added = images.filter((image) => !seen.has(image));
    for (const image of added) seen.add(image);
    return added;
  });
}
