/** Fills the archives of a plan: every blob straight to its place, several at a time. */
import type { ArchivesToFill } from '../../archive/fill-archive';
import { openArchives } from '../../archive/fill-archive';
import type { FileSums } from '../../archive/hashing/hashing';
import type { ArchivePlan, PlannedBlob } from '../../archive/plan';
import { blobsIn } from '../../archive/plan';
import type { ReadBackArchive } from '../../archive/read-back';
import { readBackAt, readBackWhileFilled } from '../../archive/read-back';
import type { Digest } from '../../oci/digest';
import type { RegistryClient } from '../../registry/client';
import { sumOfBytes } from '../../system/byte-size';
import type { SeqmirrorError } from '../../system/errors';
import { impossible } from '../../system/errors';
import type { Progress } from '../../system/progress';
import { startCheckpoints } from './checkpoint';
import { openFetchFolder } from './fetch-folder';
import type { FillRun } from './fill';
import { fillAgain, fillBlob } from './fill';
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

/**
 * Archives with everything planned, and what reading them back has shown; or blobs that could not be fetched, while all
 * others were fetched and are kept.
 */
export type FetchOutcome =
  | { readonly archives: readonly string[]; readonly readBack: ReadonlyMap<string, ReadBackArchive> }
  | { readonly failed: ReadonlyMap<Digest, SeqmirrorError> };

interface Filled {
  readonly failed: ReadonlyMap<Digest, SeqmirrorError>;
  readonly sums: ReadonlyMap<string, FileSums>;
}

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
  let filled: Filled;
  try {
    const journal = await folder.journal();
    try {
      filled = await fillAll(request, { known: folder.known, previous: folder.previous, archives, journal });
    } finally {
      await journal.close();
    }
    await archives.sync();
  } finally {
    await archives.close();
  }
  const { failed, sums } = filled;
  if (failed.size > 0) return { failed };
  const paths = await folder.publish();
  const readBack = new Map<string, ReadBackArchive>();
  for (const [number, archive] of plan.archives.entries()) {
    const path = paths[number] as string;
    const found = sums.get(archive.name);
    const proven = found === undefined ? undefined : await readBackAt(path, { archive, sums: found });
    if (proven !== undefined) readBack.set(path, proven);
  }
  return { archives: paths, readBack };
}

async function fillAll(
  request: FetchRequest,
  {
    known,
    previous,
    archives,
    journal,
  }: { known: JournalContent; previous: string; archives: ArchivesToFill; journal: Journal },
): Promise<Filled> {
  const { plan, blobs, progress, signal, parallel: limit } = request;
  const entries = blobsIn(...plan.archives);
  const pending = inOrderOfFetching(entries.filter(({ digest }) => !known.done.has(digest)));
  progress.total(sumOfBytes(entries));
  progress.advance(sumOfBytes(entries) - sumOfBytes(pending));
  const previousBlobs = await findPreviousBlobs(previous, signal);
  const checkpoints = startCheckpoints({ archives, journal });
  const wrong: PlannedBlob[] = [];
  const readBack = readBackWhileFilled(archives, {
    there: known.done,
    signal,
    onSound: (digest) => {
      if (!known.done.has(digest)) checkpoints.finished(digest);
    },
    onWrong: (blob) => {
      wrong.push(blob);
      again = again.then(bringWrong);
      again.catch(() => undefined);
    },
  });
  const fill: FillRun = {
    ...request,
    previous: previousBlobs,
    partial: new Map(known.partial),
    counted: new Map<Digest, number>(),
    checkpoints,
    readBack,
  };
  const attempt = (
    items: readonly PlannedBlob[],
    by: typeof fillBlob,
    atOnce: number,
  ): ReturnType<typeof attemptAll<PlannedBlob, void>> =>
    attemptAll(items, {
      limit: atOnce,
      signal,
      hostOf: ({ digest }) => hostOf(blobs.get(digest)),
      work: ({ digest }) => {
        const blob = blobs.get(digest);
        if (blob === undefined) throw impossible(`${digest} is planned and not resolved`);
        return by(blob, archives.blob(digest), fill);
      },
    });
  const failed = new Map<Digest, SeqmirrorError>();
  const note = (outcome: Awaited<ReturnType<typeof attempt>>): void =>
    outcome.failed.forEach(({ item: { digest }, error }) => failed.set(digest, error));
  const bringWrong = async (): Promise<void> => note(await attempt(wrong.splice(0), fillAgain, 1));
  let again = Promise.resolve();
  try {
    const outcome = await attempt(pending, fillBlob, limit);
    note(outcome);
    for (const digest of failed.keys()) readBack.giveUp(digest);
    const sums = await readBack.end();
    await again;
    return { failed, sums };
  } finally {
    await readBack.stop();
    // What was fetched before a failure is kept. After a stop by the user there is no time for that.
    await checkpoints.stop({ last: signal.aborted ? 'skip' : 'write' });
  }
}

/**
 * Archives are read back from their start, while blobs arrive: so most come in their order there. Every fourth is the
 * largest that is left, so that no large one is left for the end, when nothing else is under way.
 */
function inOrderOfFetching(entries: readonly PlannedBlob[]): PlannedBlob[] {
  const largestFirst = [...entries].sort((a, b) => b.bytes - a.bytes);
  const ordered = new Set<PlannedBlob>();
  let large = 0;
  for (const entry of entries) {
    if (ordered.has(entry)) continue;
    if (ordered.size % 4 === 0) {
      while (ordered.has(largestFirst[large] as PlannedBlob)) large += 1;
      ordered.add(largestFirst[large] as PlannedBlob);
    }
    ordered.add(entry);
  }
  return [...ordered];
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
