/** Fills the archives of a plan: every blob straight to its place, several at a time. */
import type { ArchivesToFill } from '../../archive/fill-archive';
import { openArchives } from '../../archive/fill-archive';
import type { ArchivePlan, PlannedBlob } from '../../archive/plan';
import { blobsIn } from '../../archive/plan';
import type { Digest } from '../../oci/digest';
import type { RegistryClient } from '../../registry/client';
import type { SeqmirrorError } from '../../system/errors';
import { impossible } from '../../system/errors';
import type { Progress } from '../../system/progress';
import { startCheckpoints } from './checkpoint';
import { openFetchFolder } from './fetch-folder';
import { fillBlob } from './fill';
import type { Journal, JournalContent } from './journal';
import { findPreviousBlobs } from './previous-blobs';
import type { ResolvedBlob } from './resolve';
import { attemptAll } from './setbacks';

export interface FetchRequest {
  readonly stage: string;
  readonly plan: ArchivePlan;
  /** Where every blob in the plan comes from. */
  readonly blobs: ReadonlyMap<Digest, ResolvedBlob>;
  readonly client: RegistryClient;
  /** How many blobs at the same time. Each takes about a megabyte of memory. */
  readonly parallel: number;
  /** Called once, with the bytes still to be written. */
  readonly ensureSpace: (bytes: number) => Promise<void>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Archives with everything planned; or blobs that could not be fetched, while all others were fetched and are kept. */
export type FetchOutcome =
  { readonly archives: readonly string[] } | { readonly failed: ReadonlyMap<Digest, SeqmirrorError> };

/**
 * Fetches what is planned and returns the archives' paths. After a kill the next call continues from what is known to
 * be on the disk; with another plan, it uses complete blobs in the archives of the old one. A single blob may fail with
 * SEQ0411, SEQ0412 if an image lacks a part, and SEQ05xx if its registry refuses.
 */
export async function fetchArchives(request: FetchRequest): Promise<FetchOutcome> {
  const { stage, plan } = request;
  const folder = await openFetchFolder(stage, plan);
  await request.ensureSpace(plan.bytes - bytesKnown(folder.known, plan));
  const archives = await openArchives(plan.archives, folder.pathOf);
  let failed: ReadonlyMap<Digest, SeqmirrorError>;
  try {
    const journal = await folder.journal();
    try {
      failed = await fillAll(request, { known: folder.known, previous: folder.previous, archives, journal });
    } finally {
      await journal.close();
    }
    await archives.sync();
  } finally {
    await archives.close();
  }
  return failed.size > 0 ? { failed } : { archives: await folder.publish() };
}

async function fillAll(
  request: FetchRequest,
  {
    known,
    previous,
    archives,
    journal,
  }: { known: JournalContent; previous: string; archives: ArchivesToFill; journal: Journal },
): Promise<ReadonlyMap<Digest, SeqmirrorError>> {
  const { plan, blobs, progress, signal, parallel: limit } = request;
  const entries = blobsIn(...plan.archives);
  // The largest first, so that no large one is left for the end, when nothing else is under way.
  const pending = entries.filter(({ digest }) => !known.done.has(digest)).sort((a, b) => b.bytes - a.bytes);
  progress.total(sumOfBytes(entries));
  progress.advance(sumOfBytes(entries) - sumOfBytes(pending));
  const fill = {
    ...request,
    previous: await findPreviousBlobs(previous, signal),
    partial: new Map(known.partial),
    counted: new Map<Digest, number>(),
  };
  const checkpoints = startCheckpoints({ archives, journal });
  try {
    const { failed } = await attemptAll(pending, {
      limit,
      signal,
      hostOf: ({ digest }) => hostOf(blobs.get(digest)),
      work: ({ digest }) => {
        const blob = blobs.get(digest);
        if (blob === undefined) throw impossible(`${digest} is planned and not resolved`);
        return fillBlob(blob, archives.blob(digest), { ...fill, checkpoints });
      },
    });
    return new Map(failed.map(({ item: { digest }, error }) => [digest, error]));
  } finally {
    // What was fetched before a failure is kept. After a stop by the user there is no time for that.
    await checkpoints.stop({ last: signal.aborted ? 'skip' : 'write' });
  }
}

/** The host of a blob's registry. A blob that is here already has no host, and does not fail. */
function hostOf(blob: ResolvedBlob | undefined): string {
  return blob !== undefined && 'repository' in blob.source ? blob.source.repository.host : '';
}

function bytesKnown({ done, partial }: JournalContent, { archives }: ArchivePlan): number {
  return blobsIn(...archives).reduce(
    (sum, { digest, bytes }) => sum + (done.has(digest) ? bytes : (partial.get(digest) ?? 0)),
    0,
  );
}

function sumOfBytes(entries: readonly PlannedBlob[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
