/** Finds the blobs of a chain on this machine. */
import type { ArchiveIndex } from '../archive/archive-index';
import { readArchiveIndex } from '../archive/archive-index';
import type { StoredBlob } from '../archive/blob-source';
import { locateArchives } from '../mirror/locate-archives';
import type { Mirror } from '../mirror/mirror';
import type { SealedSequence } from '../mirror/sealed-chain';
import type { AbsentSequence } from '../mirror/way-back';
import type { Digest } from '../oci/digest';
import { impossible } from '../system/errors';
import type { WholeSource } from '../volumes/bundle-file';
import { archivesNeeded, sourceDamaged } from './errors';

export interface ChainSource extends StoredBlob {
  readonly archive: string;
  readonly number: number;
  readonly folder: string;
}

/** `seq1-baseline/mirror_000001.tar` */
export function archiveInChain({ folder, archive }: Pick<WholeSource, 'folder' | 'archive'>): string {
  return `${folder}/${archive}`;
}

/** The archives of sequences, with their places. @throws SEQ0671 when some are not here */
export async function wholeSources(mirror: Mirror, sequences: readonly SealedSequence[]): Promise<WholeSource[]> {
  const found: WholeSource[] = [];
  const lacking: (AbsentSequence & { archive: string })[] = [];
  for (const { entry, metadata, custody } of sequences) {
    const { archives } = await locateArchives(mirror, entry.folder, metadata);
    for (const { name: archive, file, recorded } of archives) {
      const facts = { number: entry.number, folder: entry.folder, archive };
      if (file === undefined || file.bytes !== recorded.bytes) lacking.push({ ...facts, custody });
      else found.push({ ...facts, path: file.path, bytes: recorded.bytes, sha256: recorded.sha256 });
    }
  }
  if (lacking.length > 0) throw archivesNeeded({ mirror: mirror.name, lacking, blobs: 0, bytes: 0 });
  return found;
}

/**
 * A place for each wanted blob: later sequences first, since their archives are the smaller ones. Only headers are read.
 *
 * @throws SEQ0671 when blobs are in no archive that is here
 */
export async function blobSources(
  mirror: Mirror,
  sequences: readonly SealedSequence[],
  wanted: ReadonlyMap<Digest, { readonly bytes: number }>,
  { signal }: { signal: AbortSignal },
): Promise<ReadonlyMap<Digest, ChainSource>> {
  const sources = new Map<Digest, ChainSource>();
  const lacking: (AbsentSequence & { archive: string })[] = [];
  for (const { entry, metadata, inventory, custody } of [...sequences].reverse()) {
    if (sources.size === wanted.size) break;
    const open = inventory.blobs.some(({ digest }) => wanted.has(digest) && !sources.has(digest));
    if (!open) continue;
    const { archives } = await locateArchives(mirror, entry.folder, metadata);
    for (const { name: archive, file, recorded } of archives) {
      const facts = { number: entry.number, folder: entry.folder, archive };
      const index = file?.bytes === recorded.bytes ? await indexOrNothing(file.path, signal) : undefined;
      if (index === undefined) {
        lacking.push({ ...facts, custody });
        continue;
      }
      for (const [digest, { offset, bytes }] of index.blobs) {
        if (wanted.get(digest)?.bytes === bytes && !sources.has(digest))
          sources.set(digest, { ...facts, path: index.path, offset, bytes });
      }
    }
  }
  const rest = [...wanted].filter(([digest]) => !sources.has(digest));
  if (rest.length > 0) {
    const bytes = rest.reduce((sum, [, blob]) => sum + blob.bytes, 0);
    throw archivesNeeded({ mirror: mirror.name, lacking, blobs: rest.length, bytes });
  }
  return sources;
}

async function indexOrNothing(path: string, signal: AbortSignal): Promise<ArchiveIndex | undefined> {
  try {
    return await readArchiveIndex(path, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

/** The sources in the form that `sendArchive` needs. */
export function sourcing(
  sources: ReadonlyMap<Digest, ChainSource>,
  mirror: Pick<Mirror, 'name'>,
): {
  readonly source: (digest: Digest) => ChainSource;
  readonly damaged: (digest: Digest, why: string) => Error;
} {
  const source = (digest: Digest): ChainSource => {
    const found = sources.get(digest);
    if (found === undefined) throw impossible(`${digest} is to be written and has no source`);
    return found;
  };
  return {
    source,
    damaged: (digest, why) => sourceDamaged({ mirror: mirror.name, digest, ...source(digest), why }),
  };
}
