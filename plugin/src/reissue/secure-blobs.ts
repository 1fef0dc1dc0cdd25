/** Gets blobs: tries every place that may have one, until its bytes are proven. */
import type { StoredBlob } from '../archive/blob-source';
import type { HashPool } from '../archive/hashing/hashing';
import type { Digest } from '../oci/digest';
import type { ImageReference } from '../oci/reference';
import { mapConcurrently } from '../system/concurrency';
import { isSeqmirrorError } from '../system/errors';
import type { Progress } from '../system/progress';
import type { BlobNeed } from './image-needs';
import type { BlobCandidate, BlobNotHad, BlobOrigin, WantedBlob } from './wanted-blobs';

/** A blob whose bytes were hashed, and where they were found. */
export interface ProvenBlob extends StoredBlob, BlobOrigin {}

export interface BlobDownloads {
  /** Fetches a blob from a repository, or says why the repository does not give it. */
  fetch(request: {
    readonly digest: Digest;
    readonly bytes: number;
    readonly from: ImageReference;
    readonly isManifest: boolean;
  }): Promise<StoredBlob | { readonly why: string; readonly maybeLater: boolean }>;
}

export interface SecuredBlobs {
  readonly proven: ReadonlyMap<Digest, ProvenBlob>;
  readonly notHad: readonly BlobNotHad[];
}

interface SecureOptions {
  readonly candidates: ReadonlyMap<Digest, readonly BlobCandidate[]>;
  readonly needs: ReadonlyMap<Digest, BlobNeed>;
  readonly downloads: BlobDownloads;
  readonly pool: HashPool;
  /** How many blobs at the same time. */
  readonly parallel: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Tries every source for every blob, and names all blobs that no source has, not just the first. */
export async function secureBlobs(wanted: Iterable<WantedBlob>, options: SecureOptions): Promise<SecuredBlobs> {
  const { parallel: limit, signal } = options;
  const proven = new Map<Digest, ProvenBlob>();
  const outcomes = await mapConcurrently([...wanted], { limit, signal }, async (blob) => {
    const outcome = await secure(blob, options);
    if ('path' in outcome) proven.set(blob.digest, outcome);
    return outcome;
  });
  return { proven, notHad: outcomes.filter((outcome) => 'tried' in outcome) };
}

async function secure(blob: WantedBlob, options: SecureOptions): Promise<ProvenBlob | BlobNotHad> {
  const { digest, bytes } = blob;
  const { candidates, needs, downloads, pool, progress, signal } = options;
  const tried: { where: string; why: string }[] = [];
  for (const candidate of candidates.get(digest) ?? []) {
    const why = await whyUnsound(pool, { digest, candidate, signal });
    if (why !== undefined) {
      tried.push({ where: candidate.where, why });
      continue;
    }
    progress.advance(bytes);
    return candidate;
  }
  const { images = [], repositories = [], isManifest = false } = needs.get(digest) ?? {};
  let maybeLater = false;
  for (const from of repositories) {
    const outcome = await downloads.fetch({ digest, bytes, from, isManifest });
    const where = `${from.host}/${from.repository}`;
    if ('path' in outcome) return { ...outcome, kind: 'registry', where };
    tried.push({ where, why: outcome.why });
    maybeLater ||= outcome.maybeLater;
  }
  return { digest, bytes, images, tried, maybeLater };
}

async function whyUnsound(
  pool: HashPool,
  { digest, candidate, signal }: { digest: Digest; candidate: BlobCandidate; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { path, offset, bytes } = candidate;
    const [actual] = await pool.digestsOf(path, [{ offset, bytes }], { signal });
    return actual === digest ? undefined : 'damaged there';
  } catch (error) {
    signal.throwIfAborted();
    if (!isSeqmirrorError(error)) throw error;
    return error.what;
  }
}
