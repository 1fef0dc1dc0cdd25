/**
 * The embedded engine: mirrors by this project's own registry client, straight into archives, and needs no other program.
 * collect (configuration → images), resolve (images → manifests, blobs, links), archive plan, fetch (blobs → archives).
 * Called through the engine contract (engine.ts) only; stands on archive/ and registry/.
 */
import { join } from 'node:path';
import { planArchives } from '../../archive/plan';
import { archiveSizeBytes } from '../../imageset/defaults';
import { pinDocument } from '../../imageset/edit';
import { diskToMirror } from '../../push/disk-to-mirror';
import type { RegistryClient } from '../../registry/client';
import { createRegistryClient } from '../../registry/client';
import { cutDetails, systemErrorCode } from '../../system/errors';
import { seqmirrorVersion } from '../../system/package-version';
import { diskFull } from '../../system/system-errors';
import type {
  AttachmentSettings,
  EngineOptions,
  MirrorEngine,
  MirrorPlan,
  MirrorRequest,
  Provenance,
  StagedArchives,
} from '../engine';
import type { RequestedImage } from './collect/collect';
import { requestedImages, unsupportedIn } from './collect/collect';
import { notMirrorable } from './errors';
import { fetchArchives } from './fetch';
import type { ManifestStore } from './manifest-store';
import { noManifestStore, openManifestStore } from './manifest-store';
import { requestPins } from './pins';
import type { Resolution, ResolvedBlob } from './resolve';
import { resolveImages } from './resolve';

// More streams bring no more from one registry, and cost memory.
const mostBlobsAtOnce = 8;

export const embeddedEngine: MirrorEngine = {
  name: 'embedded',
  folder: 'embedded',
  instead: 'Install oc-mirror (4.18 or later) and run again, or keep such content out of this imageset configuration',
  uploadNeedsAllArchives: false,
  uploadIsExclusive: false,
  kept: () => undefined,
  probe: async () => ({ engine: 'embedded', version: `embedded ${seqmirrorVersion()}`, found: 'built in' }),
  unsupported: unsupportedIn,
  plan: (request) => withClient(request, (client) => plan(request, client)),
  mirrorToDisk: (request) => withClient(request, (client) => mirrorToDisk(request, client)),
  diskToMirror,
};

async function plan(request: MirrorRequest, client: RegistryClient): Promise<MirrorPlan> {
  const { images, blobs, refused } = await resolve(request, requested(request), client, noManifestStore);
  const fresh = notInBase(blobs, request);
  return {
    images,
    newBlobs: { count: fresh.length, bytes: sumOfBytes(fresh) },
    closureBytes: sumOfBytes([...blobs.values()]),
    notes: refused.length === 0 ? [] : [skippedInWords(refused)],
  };
}

async function mirrorToDisk(request: MirrorRequest, client: RegistryClient): Promise<StagedArchives> {
  const { document, stage, options, progress, signal } = request;
  const requests = requested(request);
  try {
    const store = await openManifestStore(join(stage, 'manifests'));
    progress.detail(`resolving ${requests.length} images`);
    const resolution = await resolve(request, requests, client, store);
    const { images, links, blobs, refused } = resolution;
    if (refused.length > 0) progress.note(skippedInWords(refused));
    const archivePlan = planArchives({
      blobs: notInBase(blobs, request),
      links,
      archiveSizeBytes: archiveSizeBytes(document.config),
    });
    progress.detail(`${images.length} images`);
    const archives = await fetchArchives({
      stage,
      plan: archivePlan,
      blobs,
      client,
      parallel: blobsAtOnce(options),
      ensureSpace: (bytes) => request.ensureSpace({ download: 0, archives: bytes, cache: 0 }),
      progress,
      signal,
    });
    return {
      archives,
      images,
      pinnedConfig: pinDocument(document, requestPins(requests, images)),
      provenance: {
        tlsVerified: client.tlsVerified(),
        substitutions: client.substitutions(),
        attachments: attachmentsUsed(options.attachments, refused),
      },
    };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOSPC') throw diskFull({ folder: stage, cause: error });
    throw error;
  }
}

async function withClient<T>(request: MirrorRequest, work: (client: RegistryClient) => Promise<T>): Promise<T> {
  const { registries: settings, env, signal, options } = request;
  const client = createRegistryClient({ settings, env, signal, retries: options.retries });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

function requested({ document }: MirrorRequest): RequestedImage[] {
  const unsupported = unsupportedIn(document);
  if (unsupported.length > 0) throw notMirrorable(unsupported);
  return requestedImages(document);
}

function resolve(
  { base, options, signal, progress }: MirrorRequest,
  requests: readonly RequestedImage[],
  client: RegistryClient,
  store: ManifestStore,
): Promise<Resolution> {
  const { parallelImages, attachments } = options;
  return resolveImages(requests, {
    client,
    base,
    store,
    attachments,
    parallelImages,
    signal,
    onImage: (name) => progress.detail(`resolved ${name}`),
  });
}

function attachmentsUsed(settings: AttachmentSettings, refused: readonly string[]): Provenance['attachments'] {
  const { taken, ifRefused } = settings;
  return taken === 'all' && ifRefused === 'fail' ? undefined : { taken, ifRefused, refused };
}

function skippedInWords(refused: readonly string[]): string {
  return `left out, since the registry refused to tell of them: ${cutDetails(refused).join(', ')}`;
}

function notInBase(blobs: Resolution['blobs'], { base }: MirrorRequest): ResolvedBlob[] {
  return [...blobs.values()].filter(({ digest }) => !base.has(digest));
}

function blobsAtOnce({ parallelImages, parallelLayers }: EngineOptions): number {
  return Math.min(parallelImages * parallelLayers, mostBlobsAtOnce);
}

function sumOfBytes(blobs: readonly ResolvedBlob[]): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes, 0);
}
