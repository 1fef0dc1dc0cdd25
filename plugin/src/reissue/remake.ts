/**
 * Content that the sequence's engine made and that no registry has: filtered catalogs and the image with the update
 * graph. If it is in no archive and no cache any more, the engine makes it again from the same sources.
 */
import { join } from 'node:path';
import { provenPieces } from '../archive/blob-source';
import { isFilterId } from '../catalog/working-dir';
import { engines } from '../engine/choose-engine';
import type { ImageSetDocument } from '../imageset/document';
import { requireRecordedImageSet } from '../imageset/document';
import { engineRequest } from '../mirror/engine-request';
import { inTree, sequencePath } from '../mirror/mirror';
import { recordFile, recordNames } from '../mirror/records';
import type { SequenceRun } from '../mirror/run';
import type { Stage } from '../mirror/seal-transaction/seal-transaction';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { isGraphImage } from '../release/release-images';
import { closureOf } from '../sequence/closure';
import { createFile } from '../system/atomic-file';
import { makeFolder } from '../system/change-folder';
import { isSeqmirrorError } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import { readText } from '../system/text-file';
import type { PreparedReissue } from './plan-reissue';
import type { DamageSurvey } from './survey';
import type { BlobCandidate } from './wanted-blobs';

/**
 * The places of wanted blobs, including those that were made again. Without the sources it reports that and makes
 * nothing: the blobs are then looked for like all others.
 */
export async function remakeContent(
  survey: DamageSurvey,
  { candidates }: Pick<PreparedReissue, 'candidates'>,
  run: { readonly at: Stage } & Pick<SequenceRun, 'location' | 'progress' | 'signal' | 'now'>,
): Promise<ReadonlyMap<Digest, readonly BlobCandidate[]>> {
  const lacking = lackedOfMade(survey, candidates);
  const engine = engines.find(({ name }) => name === survey.metadata.provenance.engine);
  if (lacking.size === 0 || engine === undefined) return candidates;
  const found = new Map(candidates);
  try {
    await makeFolder(inPrivateFolder(run.at.blobs));
    const base = new Map();
    const asked = {
      document: await pinnedDocument(survey),
      base,
      linksInBase: () => false,
      allowMissing: [],
      resolveDependencies: false,
      stage: run.at.engine,
    };
    await engine.remake(await engineRequest(survey.mirror, engine, asked, run), async (digest, blob) => {
      const path = join(run.at.blobs, hexOf(digest));
      if (!lacking.has(digest)) return;
      const file = await createFile(inPrivateFolder(path));
      try {
        for await (const piece of provenPieces(blob.pieces(), { digest, bytes: blob.bytes })) await file.write(piece);
      } finally {
        await file.close();
      }
      found.set(digest, [{ path, offset: 0, bytes: blob.bytes, kind: 'stage', where: 'made again by the engine' }]);
    });
  } catch (error) {
    run.signal.throwIfAborted();
    if (!isSeqmirrorError(error)) throw error;
    run.progress.note(`the engine could not make its files again: ${error.code} ${error.what}`);
  }
  return found;
}

/** Blobs of images that an engine made, and that are not on this machine. */
function lackedOfMade(
  { images, blobs }: DamageSurvey,
  candidates: ReadonlyMap<Digest, readonly BlobCandidate[]>,
): Set<Digest> {
  const roots = images.filter(isMade).map(({ digest }) => digest);
  const closure = closureOf(roots, blobs);
  const lacking = [...candidates].filter(([digest, places]) => places.length === 0 && closure.blobs.has(digest));
  return new Set(lacking.map(([digest]) => digest));
}

function isMade(image: MirroredImage): boolean {
  return (image.kind === 'operator' && isFilterId(image.tag)) || isGraphImage(image);
}

/** The configuration as it was sealed, so that tags that have moved since are not asked for. */
async function pinnedDocument({ mirror, entry: { folder } }: DamageSurvey): Promise<ImageSetDocument> {
  const text = await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.pinned)));
  return requireRecordedImageSet(text, recordFile(mirror, folder, recordNames.pinned));
}
