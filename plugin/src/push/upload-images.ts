/**
 * Pushes images from archives into a registry, in an order that leaves it sound after a stop at any step:
 *
 *   1. blobs, each hashed while it streams from its offset, here or, where it proves that it does, by the registry; after
 *      a stop, HEAD finds those that are there
 *   2. manifests by digest, each read back when it was put; children before the indexes that name them
 *   3. tags, when every manifest of the run is there: nobody who pulls by tag gets half an image, or half a sequence;
 *      a tag that the registry does not move does not stop the others
 */
import type { Digest } from '../oci/digest';
import type { RegistryConnectionOptions } from '../registry/connection';
import type { RegistryDestination } from '../registry/destination';
import { pathAt } from '../registry/destination';
import type { PushClient } from '../registry/push';
import { createPushClient, ifReadable } from '../registry/push';
import type { PushedBlob } from '../registry/push-source';
import { sumOfBytes } from '../system/byte-size';
import { mapConcurrently } from '../system/concurrency';
import type { SeqmirrorError } from '../system/errors';
import { impossible, isSeqmirrorError } from '../system/errors';
import type { Progress } from '../system/progress';
import type { ArchiveBlobs } from './archive-blobs';
import type { ChainContent } from './chain-content';
import type { DestinationImage } from './destination-images';
import { blobLacking, manifestsUnreadable, repositoriesToMake, tagsHalfSet, tagsKept } from './errors';
import type { LackingBlob, LackingManifest, PlannedTag, Survey } from './survey';
import { surveyDestination } from './survey';

export interface ImageUpload {
  readonly archives: ArchiveBlobs;
  readonly images: readonly DestinationImage[];
  readonly destination: RegistryDestination;
  readonly connection: Omit<RegistryConnectionOptions, 'signal'>;
  /** How many blobs, and manifests, at the same time. */
  readonly parallel: number;
  /** Ask for every blob, of images that are there too. */
  readonly thorough?: boolean | undefined;
  /** Called with what would be written, before anything is; may throw. */
  readonly beforeWriting?: ((survey: Survey) => void) | undefined;
  /** What the records of the images' chain say. */
  readonly chain: ChainContent;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface BlobCount {
  readonly count: number;
  readonly bytes: number;
}

export interface UploadedImages {
  /** Without signatures and other attachments. */
  readonly images: number;
  /** How many of these were there already under their digest and tag, with their attachments. */
  readonly unchanged: number;
  /** Tags that stood for their images, to which nothing was uploaded, as `repository:tag@digest`. */
  readonly there: ReadonlySet<string>;
  /** What was done with the blobs of the others, counted once for each repository. */
  readonly blobs: { readonly uploaded: BlobCount; readonly mounted: BlobCount; readonly there: BlobCount };
}

interface UploadRun extends ImageUpload {
  readonly client: PushClient;
}

/**
 * @throws SEQ0641 when something is in no archive and not there, SEQ05xx when the registry refuses or the content is
 *   wrong
 */
export async function uploadImages(upload: ImageUpload): Promise<UploadedImages> {
  const { destination, connection, progress, signal } = upload;
  const client = createPushClient({ ...connection, destination, signal });
  try {
    progress.detail(`asking ${destination.host} which images it has`);
    const survey = await surveyFor({ ...upload, client });
    const blobs = await uploadBlobs(survey, { ...upload, client });
    await putManifests(survey.manifests, { ...upload, client });
    progress.detail(`setting ${survey.tags.length} tags`);
    await setTags(survey.tags, { ...upload, client });
    return { images: survey.images, unchanged: survey.unchanged, there: survey.there, blobs };
  } finally {
    await client.close();
  }
}

/**
 * Tells what an upload would bring, without bringing it: a blob counts as new unless a manifest says that it is there.
 */
export async function planImageUpload(upload: ImageUpload): Promise<Survey> {
  const { destination, connection, signal } = upload;
  const client = createPushClient({ ...connection, destination, signal });
  try {
    return await surveyFor({ ...upload, client });
  } finally {
    await client.close();
  }
}

async function surveyFor(uploading: UploadRun): Promise<Survey> {
  const survey = await surveyDestination(uploading.images, uploading);
  await requireRepositories(survey, uploading);
  uploading.beforeWriting?.(survey);
  return survey;
}

/**
 * Checks one repository; if the registry wants it created beforehand, checks all, so that people can create them at
 * once.
 */
async function requireRepositories({ tags }: Survey, uploading: UploadRun): Promise<void> {
  const { client, images, destination, parallel, signal } = uploading;
  const probe = tags.find(({ there }) => there === undefined);
  if (probe === undefined || !(await client.lacksRepository(probe.repository, probe.tag, { signal }))) return;
  const repositories = new Map(images.map(({ repository, tag }) => [repository, tag]));
  const lacking = await mapConcurrently([...repositories], { limit: parallel, signal }, async ([repository, tag]) =>
    (await client.lacksRepository(repository, tag, { signal })) ? [pathAt(destination, repository)] : [],
  );
  throw repositoriesToMake({ host: destination.host, repositories: lacking.flat().sort(), all: repositories.size });
}

async function setTags(tags: readonly PlannedTag[], uploading: UploadRun): Promise<void> {
  const { client, destination, parallel, signal } = uploading;
  const set: PlannedTag[] = [];
  const kept: PlannedTag[] = [];
  const said = new Set<string>();
  try {
    await mapConcurrently(tags, { limit: parallel, signal }, async (planned) => {
      const { repository, tag, digest } = planned;
      const refusal = await putManifest({ repository, digest }, tag, uploading).catch(immutable);
      const there = refusal === undefined ? digest : await client.manifestAt(repository, tag, { signal });
      if (there === digest) return void set.push(planned);
      kept.push({ ...planned, there });
      for (const detail of refusal?.details ?? []) said.add(detail);
    });
  } catch (error) {
    throw isSeqmirrorError(error) ? tagsHalfSet(error, { set, all: tags.length }) : error;
  }
  if (kept.length > 0) throw tagsKept({ host: destination.host, kept, set, said: [...said] });
}

function immutable(error: unknown): SeqmirrorError {
  if (isSeqmirrorError(error) && error.code === 'SEQ0527') return error;
  throw error;
}

async function uploadBlobs(
  { blobs }: Survey,
  { client, archives, chain, parallel, progress, signal }: UploadRun,
): Promise<UploadedImages['blobs']> {
  const none = { count: 0, bytes: 0 };
  const counts = { uploaded: { ...none }, mounted: { ...none }, there: { ...none } };
  const count = (outcome: keyof typeof counts, bytes: number): void => {
    counts[outcome].count += 1;
    counts[outcome].bytes += bytes;
  };
  progress.total(sumOfBytes(blobs.values()));
  const named = new Set([...blobs.values()].flatMap(({ repositories }) => repositories));
  let finished = 0;
  const bring = async ([digest, { bytes, isConfig, repositories }]: [Digest, LackingBlob]) => {
    const lacking: string[] = [];
    let holder: string | undefined;
    for (const repository of repositories) {
      if (await client.hasBlob(repository, digest, { signal })) {
        holder ??= repository;
        count('there', bytes);
      } else lacking.push(repository);
    }
    const broughtBy = chain.broughtBy.get(digest);
    // Nobody has checked that repository, but if the sequences before were uploaded, the blob is there.
    const elsewhere = [...archives.repositoriesOf(digest), ...chain.repositoriesOf(digest)].find(
      (name) => !repositories.includes(name) && chain.repositories.has(name),
    );
    const blob = archives.blob(digest);
    let sent = 0;
    for (const repository of lacking) {
      // A blob in no inventory may be anybody's: it comes out of an archive, or not at all.
      const from = broughtBy === undefined ? undefined : (holder ?? elsewhere);
      if (blob === undefined && from === undefined) throw blobLacking({ digest, repositories, broughtBy });
      const outcome = await client.uploadBlob(repository, blob ?? notHere({ digest, bytes, repositories, broughtBy }), {
        signal,
        mountFrom: from,
        hashHere: isConfig,
        onBytes: (more) => {
          sent += more;
          progress.advance(more);
        },
      });
      count(outcome, bytes);
      holder = repository;
    }
    if (sent < bytes) progress.advance(bytes - sent);
    finished += 1;
    progress.detail(`${finished} of ${blobs.size} blobs, ${named.size} repositories`);
  };
  // Large ones first, so that the last one does not run alone.
  const largestFirst = [...blobs].sort(([, a], [, b]) => b.bytes - a.bytes);
  await mapConcurrently(largestFirst, { limit: parallel, signal }, bring);
  return counts;
}

/** A blob that can only be mounted: opening it throws that it is nowhere. */
function notHere({ bytes, ...lacking }: Parameters<typeof blobLacking>[0] & { readonly bytes: number }): PushedBlob {
  return {
    digest: lacking.digest,
    bytes,
    open: () => {
      throw blobLacking(lacking);
    },
  };
}

async function putManifests(manifests: readonly LackingManifest[], uploading: UploadRun): Promise<void> {
  const { parallel, signal, progress } = uploading;
  const heights = [...new Set(manifests.map(({ height }) => height))];
  for (const height of heights) {
    const level = manifests.filter((manifest) => manifest.height === height);
    progress.detail(`uploading ${level.length} ${height === 0 ? 'manifests' : 'indexes'}`);
    await mapConcurrently(level, { limit: parallel, signal }, (manifest) =>
      putManifest(manifest, manifest.digest, uploading),
    );
    // Before the indexes that name them: the next run takes an index that is there for whole.
    await requireReadable(level, uploading);
  }
}

/**
 * A registry may accept a manifest and still be unable to read it, because it keeps a damaged copy of the same digest.
 */
async function requireReadable(
  manifests: readonly LackingManifest[],
  { client, destination, parallel, signal }: UploadRun,
): Promise<void> {
  const failures = await mapConcurrently(manifests, { limit: parallel, signal }, ({ repository, digest }) =>
    ifReadable(
      client.manifestAt(repository, digest, { signal }).then(() => undefined),
      (failure) => failure,
    ),
  );
  const unreadable = failures.filter((failure) => failure !== undefined);
  if (unreadable.length > 0) throw manifestsUnreadable(unreadable, { host: destination.host, put: manifests.length });
}

async function putManifest(
  { repository, digest }: { repository: string; digest: Digest },
  reference: string,
  { archives, client, signal }: UploadRun,
): Promise<void> {
  const manifest = (await archives.manifest(digest)) ?? (await client.manifest(repository, digest, { signal }));
  if (manifest === undefined) throw impossible(`${digest} was there a moment ago`);
  await client.putManifest(repository, reference, manifest, { signal });
}
