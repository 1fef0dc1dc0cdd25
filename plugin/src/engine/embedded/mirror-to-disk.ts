/**
 * From a configuration to archives: collect, look up, plan, fetch. If an image fails, the others are still fetched;
 * archives without it are made only if the sequence allows it to be missing.
 */
import { join } from 'node:path';
import type { Digest } from '../../oci/digest';
import type { RegistryClient } from '../../registry/client';
import { ratesInWords } from '../../registry/rate';
import type { SeqmirrorError } from '../../system/errors';
import type { EngineOptions, MirrorRequest, StagedArchives } from '../engine';
import { pinnedConfigOf } from '../pinned-config';
import { operatorsOf } from './collect/collect';
import type { KnownContent } from './content';
import { askForContent, layOut, skippedInWords, spaceFor } from './content';
import { imagesFailed } from './errors';
import type { FetchOutcome } from './fetch';
import { fetchArchives } from './fetch';
import type { FoundImage } from './look-up';
import { openManifestStore } from './manifest-store';
import type { ManifestNode } from './manifest-tree';
import type { Resolution } from './resolve';
import { resolutionOf } from './resolve';
import type { FailedImage } from './setbacks';

// More streams would not be faster from one registry, and cost memory.
const mostBlobsAtOnce = 8;

/** @throws SEQ0419 when images failed that may not be missing; for a single one, its own error */
export async function mirrorToDisk(request: MirrorRequest, client: RegistryClient): Promise<StagedArchives> {
  const { document, stage, progress, signal, options } = request;
  const store = await openManifestStore(join(stage, 'manifests'));
  for (const note of ratesInWords(request.registries)) progress.note(note);
  const content = await askForContent(request, client, { store, scratch: join(stage, 'collected') });
  const { made, files, notes, refused } = content;
  for (const note of [...notes, ...(refused.length > 0 ? [skippedInWords(refused)] : [])]) progress.note(note);

  let { found } = content;
  const failed = [...content.failed];
  const allowed = new Set(request.allowMissing);
  for (;;) {
    const resolution = resolutionOf(found, made, { store, signal });
    progress.detail(`${resolution.images.length} images`);
    const outcome = await fetchContent(request, client, { resolution, files });
    if ('failed' in outcome) {
      const lacking = found.flatMap((image) => lackOf(image, outcome.failed));
      failed.push(...lacking);
      found = found.filter(({ request: { name } }) => !lacking.some((image) => image.name === name));
      if (lacking.length === 0) throw [...outcome.failed.values()][0];
    }
    if (failed.some(({ name }) => !allowed.has(name)))
      throw imagesFailed({ failed, present: found.length, file: document.file });
    if ('failed' in outcome) continue;
    const { images } = resolution;
    return {
      archives: outcome.archives,
      readBack: outcome.readBack,
      images,
      linksLeftOut: images.some(request.linksInBase),
      pinnedConfig: pinnedConfigOf(document, { images, catalogs: content.catalogs, pins: content.pins }),
      provenance: {
        tlsVerified: client.tlsVerified(),
        substitutions: client.substitutions(),
        attachments: attachmentsUsed(options, refused),
        releaseKeys: content.releaseKeys.length === 0 ? undefined : content.releaseKeys,
        operators: content.catalogs.length === 0 ? undefined : content.catalogs.map(operatorsOf),
        missing: failed.length === 0 ? undefined : failed.map(({ name }) => name).sort(),
      },
    };
  }
}

/** Lays out and fetches the known images. */
function fetchContent(
  request: MirrorRequest,
  client: RegistryClient,
  { resolution, files }: { resolution: Resolution; files: KnownContent['files'] },
): Promise<FetchOutcome> {
  const { stage, options, progress, signal } = request;
  return fetchArchives({
    stage,
    plan: layOut(request, resolution, files),
    blobs: resolution.blobs,
    client,
    parallel: Math.min(options.parallelImages * options.parallelLayers, mostBlobsAtOnce),
    ensureSpace: (bytes) => request.ensureSpace(spaceFor(bytes)),
    progress,
    signal,
  });
}

/** The image, if one of these blobs is a part of it. */
function lackOf(
  { request: { name, neededBy }, root, attached }: FoundImage,
  failed: ReadonlyMap<Digest, SeqmirrorError>,
): FailedImage[] {
  for (const node of [root, ...attached.map((image) => image.root)]) {
    const error = firstIn(node, failed);
    if (error !== undefined) return [{ name, neededBy, error }];
  }
  return [];
}

function firstIn(root: ManifestNode, failed: ReadonlyMap<Digest, SeqmirrorError>): SeqmirrorError | undefined {
  const seen = new Set<Digest>();
  const visit = (node: ManifestNode): SeqmirrorError | undefined => {
    if (seen.has(node.digest)) return undefined;
    seen.add(node.digest);
    for (const { digest } of node.parts) if (failed.has(digest)) return failed.get(digest);
    for (const child of node.children) {
      const error = visit(child);
      if (error !== undefined) return error;
    }
    return undefined;
  };
  return visit(root);
}

function attachmentsUsed(
  { attachments: { taken, ifRefused } }: EngineOptions,
  refused: readonly string[],
): StagedArchives['provenance']['attachments'] {
  return taken === 'all' && ifRefused === 'fail' ? undefined : { taken, ifRefused, refused };
}
