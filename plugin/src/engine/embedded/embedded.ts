/**
 * The embedded engine: mirrors by this project's own registry client, straight into archives, and needs no other program.
 * collect (configuration → images), resolve (images → manifests, blobs, links), archive plan, fetch (blobs → archives).
 * Called through the engine contract (engine.ts) only; stands on archive/ and registry/.
 */
import { join } from 'node:path';
import { planArchives } from '../../archive/plan';
import { archiveSizeBytes } from '../../imageset/defaults';
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
import { pinnedConfigOf } from '../pinned-config';
import type { CollectedContent } from './collect/collect';
import { collect, unsupportedIn } from './collect/collect';
import { notMirrorable } from './errors';
import { fetchArchives } from './fetch';
import type { ManifestStore } from './manifest-store';
import { noManifestStore, openManifestStore } from './manifest-store';
import { createTreeReader } from './manifest-tree';
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
  const { images, blobs, refused, notes } = await resolve(request, client, noManifestStore);
  const fresh = notInBase(blobs, request);
  return {
    images,
    newBlobs: { count: fresh.length, bytes: sumOfBytes(fresh) },
    closureBytes: sumOfBytes([...blobs.values()]),
    notes: [...notes, ...(refused.length === 0 ? [] : [skippedInWords(refused)])],
  };
}

async function mirrorToDisk(request: MirrorRequest, client: RegistryClient): Promise<StagedArchives> {
  const { document, stage, options, progress, signal } = request;
  try {
    const content = await resolve(request, client, await openManifestStore(join(stage, 'manifests')));
    const { images, links, blobs, refused, files, notes } = content;
    for (const note of notes) progress.note(note);
    if (refused.length > 0) progress.note(skippedInWords(refused));
    const archivePlan = planArchives({
      blobs: notInBase(blobs, request),
      links,
      files,
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
      pinnedConfig: pinnedConfigOf(document, content),
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

type ResolvedContent = Resolution & Pick<CollectedContent, 'catalogs' | 'files' | 'notes'>;

/** Collects what the configuration asks for, and resolves it. */
async function resolve(request: MirrorRequest, client: RegistryClient, store: ManifestStore): Promise<ResolvedContent> {
  const { document, base, registries, env, options, signal, progress } = request;
  const unsupported = unsupportedIn(document);
  if (unsupported.length > 0) throw notMirrorable(unsupported);
  const trees = createTreeReader({ client, base, store, signal });
  const content = await collect(document, { client, trees, base, registries, env, progress, signal });
  progress.detail(`resolving ${content.images.length} images`);
  const { parallelImages, attachments } = options;
  const resolution = await resolveImages(content, {
    client,
    trees,
    store,
    attachments,
    parallelImages,
    signal,
    onImage: (name) => progress.detail(`resolved ${name}`),
  });
  const { catalogs, files, notes } = content;
  return { ...resolution, catalogs, files, notes };
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
