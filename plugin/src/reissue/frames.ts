/** Frames of archives: from a frame and its blobs an archive is made again, byte for byte. */
import type { ArchiveIndex, BlobPlace } from '../archive/archive-index';
import { frameRangesOf, readFrame, rebuildArchive } from '../archive/frame/frame';
import type { PlacedPieces } from '../archive/positional-io';
import { writePlaces } from '../archive/positional-io';
import { entryPieces } from '../archive/read-entry';
import { frameFiles } from '../mirror/frames';
import type { Digest } from '../oci/digest';
import { isSeqmirrorError } from '../system/errors';
import type { OwnArchive } from './own-archives';
import type { ArchiveRecipe, Frame } from './reissue-plan';
import type { DamageSurvey } from './survey';

export interface FramedArchive {
  readonly recipe: ArchiveRecipe;
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
}

/** Those of the archives that have a frame proven to be the sealed one. */
export async function findFrames(
  survey: DamageSurvey,
  lost: readonly OwnArchive[],
  { signal }: { signal: AbortSignal },
): Promise<FramedArchive[]> {
  const sealed = new Set(survey.inventory.blobs.map(({ digest }) => digest));
  const framed: FramedArchive[] = [];
  for (const archive of lost) {
    const { name, bytes } = archive.recorded;
    const found = (await keptFrame(survey, archive, signal)) ?? frameWithin(archive);
    // The frame of an archive that was adopted damaged has blobs that are missing everywhere.
    if (found === undefined || ![...found.blobs.keys()].every((digest) => sealed.has(digest))) continue;
    const { frame } = found;
    const blobs = [...found.blobs].map(([digest, place]) => ({ digest, bytes: place.bytes }));
    framed.push({ recipe: { how: 'rebuilt', name, bytes, frame, blobs }, blobs: found.blobs });
  }
  return framed;
}

type FoundFrame = { readonly frame: Frame; readonly blobs: ReadonlyMap<Digest, BlobPlace> };

async function keptFrame(
  survey: DamageSurvey,
  { recorded: { name, bytes, frame_sha256: sha256 } }: OwnArchive,
  signal: AbortSignal,
): Promise<FoundFrame | undefined> {
  if (sha256 === undefined) return undefined;
  const { mirror, entry, metadata } = survey;
  for (const kept of frameFiles(mirror.data, entry.folder, { ...metadata, archive: name })) {
    try {
      const { blobs } = await readFrame({ frame: kept, bytes, frameSha256: sha256 }, { signal });
      return { frame: { kept, bytes, sha256 }, blobs };
    } catch (error) {
      // A frame that is missing, damaged, or of another packaging does not count.
      if (!isSeqmirrorError(error)) throw error;
    }
  }
  return undefined;
}

function frameWithin({ recorded, files }: OwnArchive): FoundFrame | undefined {
  if (recorded.frame_sha256 === undefined) return undefined;
  const within = files.find(({ found }) => found?.frameSha256 === recorded.frame_sha256)?.found?.index;
  return within === undefined ? undefined : { frame: { within }, blobs: within.blobs };
}

interface RebuildRun {
  readonly blob: (digest: Digest) => AsyncIterable<Buffer>;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number) => void;
}

/** Writes an archive from a frame and its blobs. It is safely on disk when this returns. */
export async function rebuildFromFrame(frame: Frame, to: string, run: RebuildRun): Promise<void> {
  if ('within' in frame) return writePlaces(to, placesIn(frame.within, run), run.progress);
  await rebuildArchive({ frame: frame.kept, bytes: frame.bytes, frameSha256: frame.sha256, to, ...run });
}

/** Each is read only when the one before it has been written. */
function* placesIn(index: ArchiveIndex, { blob, signal }: RebuildRun): Generator<PlacedPieces> {
  for (const range of frameRangesOf(index))
    yield { offset: range.offset, pieces: entryPieces(index, range, { signal }) };
  for (const [digest, { offset }] of index.blobs) yield { offset, pieces: blob(digest) };
}
