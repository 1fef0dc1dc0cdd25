/** Fills archives that were laid out: every blob straight to its place, several at a time. */
import type { ArchiveLayout, LaidOutEntry } from '../../archive/layout';
import type { Digest } from '../../oci/digest';
import type { RegistryClient } from '../../registry/client';
import { mapConcurrently } from '../../system/concurrency';
import type { Progress } from '../../system/progress';
import { startCheckpoints } from './checkpoint';
import { openFetchFolder } from './fetch-folder';
import { fill } from './fill';
import type { Journal, JournalContent } from './journal';
import type { ManifestStore } from './manifest-store';
import { findPreviousBlobs } from './previous-blobs';
import type { ResolvedBlob } from './resolve';
import type { OpenVolumes } from './volumes';
import { openVolumes } from './volumes';

export interface FetchRequest {
  readonly stage: string;
  readonly layout: ArchiveLayout;
  readonly blobs: ReadonlyMap<Digest, ResolvedBlob>;
  readonly store: ManifestStore;
  readonly client: RegistryClient;
  /** Blobs at the same time. Each takes about a megabyte of memory. */
  readonly parallel: number;
  /** Asked once, with what is still to be written. */
  readonly ensureSpace: (bytes: number) => Promise<void>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Fetches what is laid out and returns the archives' paths. Killed and called again, it goes on where the disk is known
 * to be; with another layout, it takes from the old one what that has in full.
 *
 * @throws SEQ0411, SEQ0412 for an image that lacks a part, SEQ05xx for what registries refuse
 */
export async function fetchArchives(request: FetchRequest): Promise<string[]> {
  const { stage, layout } = request;
  const folder = await openFetchFolder(stage, layout);
  await request.ensureSpace(layout.bytes - bytesKnown(folder.known, layout));
  const volumes = await openVolumes(layout, folder.pathOf);
  try {
    const journal = await folder.journal();
    try {
      await fillAll(request, { known: folder.known, previous: folder.previous, volumes, journal });
    } finally {
      await journal.close();
    }
    await volumes.sync();
  } finally {
    await volumes.close();
  }
  return folder.publish();
}

async function fillAll(
  request: FetchRequest,
  {
    known,
    previous,
    volumes,
    journal,
  }: { known: JournalContent; previous: string; volumes: OpenVolumes; journal: Journal },
): Promise<void> {
  const { layout, progress, signal, parallel: limit } = request;
  const entries = blobEntriesOf(layout);
  // The largest first, so that no large one is left for the end, when nothing else is under way.
  const pending = entries.filter(({ digest }) => !known.done.has(digest)).sort((a, b) => b.bytes - a.bytes);
  progress.total(sumOfBytes(entries));
  progress.advance(sumOfBytes(entries) - sumOfBytes(pending));
  const filling = { ...request, previous: await findPreviousBlobs(previous, signal), partial: known.partial };
  const checkpoints = startCheckpoints({ volumes, journal });
  try {
    await mapConcurrently(pending, { limit, signal }, (entry) =>
      fill(entry, volumes.of(entry.digest), { ...filling, checkpoints }),
    );
  } finally {
    // What was fetched before a failure stays fetched. After a stop by the user there is no time for it.
    await checkpoints.stop({ last: signal.aborted ? 'skip' : 'write' });
  }
}

function bytesKnown({ done, partial }: JournalContent, layout: ArchiveLayout): number {
  return blobEntriesOf(layout).reduce(
    (sum, { digest, bytes }) => sum + (done.has(digest) ? bytes : (partial.get(digest) ?? 0)),
    0,
  );
}

function blobEntriesOf({ volumes }: ArchiveLayout): LaidOutEntry[] {
  return volumes.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'blob'));
}

function sumOfBytes(entries: readonly LaidOutEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
