/** The content that a configuration asks for, as registries have it now: used by plans and by runs. */
import { linksOf } from '../../archive/links';
import type { ArchivePlan } from '../../archive/plan';
import { planArchives } from '../../archive/plan';
import { archiveSizeBytes } from '../../imageset/defaults';
import type { RegistryClient } from '../../registry/client';
import { createWebDocuments } from '../../registry/web-documents';
import { cutDetails } from '../../system/errors';
import type { MirrorRequest, SpaceNeeded } from '../engine';
import type { CollectedContent, Sources } from './collect/collect';
import { collect, unsupportedIn } from './collect/collect';
import { notMirrorable } from './errors';
import type { LookUp } from './look-up';
import { lookUpImages } from './look-up';
import type { ManifestStore } from './manifest-store';
import type { TreeReader } from './manifest-tree';
import { createTreeReader } from './manifest-tree';
import type { Resolution } from './resolve';

export type KnownContent = LookUp &
  Pick<CollectedContent, 'made' | 'catalogs' | 'files' | 'pins' | 'releaseKeys' | 'notes'>;

/**
 * Collects what the configuration asks for, and looks it up.
 *
 * @param options.scratch a folder for files that collectors fetch; the content's files are read from there
 * @throws SEQ0410 for entries that this engine cannot mirror, and the errors of the collectors
 */
export async function askForContent(
  request: MirrorRequest,
  client: RegistryClient,
  { store, scratch }: ContentPlaces,
): Promise<KnownContent> {
  const { options, signal, progress } = request;
  const { content, trees } = await collectContent(request, client, { store, scratch });
  progress.detail(`looking up ${content.images.length} images`);
  const { parallelImages, attachments } = options;
  const lookUp = await lookUpImages(content.images, {
    client,
    trees,
    attachments,
    parallelImages,
    signal,
    onImage: (name) => progress.detail(`looked up ${name}`),
  });
  const { made, catalogs, files, pins, releaseKeys, notes } = content;
  return { ...lookUp, made, catalogs, files, pins, releaseKeys, notes };
}

interface ContentPlaces {
  /** Where manifests are kept. */
  readonly store: ManifestStore;
  readonly scratch: string;
}

/** Collects what the configuration asks for, before images are looked up. @throws like askForContent */
export async function collectContent(
  request: MirrorRequest,
  client: RegistryClient,
  places: ContentPlaces,
): Promise<{ content: CollectedContent; trees: TreeReader }> {
  const { document, env, options } = request;
  const unsupported = await unsupportedIn(document, { ...options, env });
  if (unsupported.length > 0) throw notMirrorable(unsupported);
  return withSources(request, client, places, async (sources) => ({
    content: await collect(document, sources),
    trees: sources.trees,
  }));
}

/** Gives a function the sources that collectors may use for a request. */
export async function withSources<T>(
  request: MirrorRequest,
  client: RegistryClient,
  { store, scratch }: ContentPlaces,
  work: (sources: Sources) => Promise<T>,
): Promise<T> {
  const { base, registries: settings, env, options, signal } = request;
  const { helmBinary, retries } = options;
  const documents = createWebDocuments({ settings, env, retries, signal });
  const trees = createTreeReader({ client, base, store, signal });
  try {
    return await work({ ...request, client, trees, documents, helmBinary, scratch });
  } finally {
    await documents.close();
  }
}

/** The archives of what the base lacks: a plan and a run give the same bytes. */
export function layOut(
  { document, base, linksInBase }: Pick<MirrorRequest, 'document' | 'base' | 'linksInBase'>,
  { blobs, images, manifests }: Resolution,
  files: KnownContent['files'],
): ArchivePlan {
  return planArchives({
    blobs: [...blobs.values()].filter(({ digest }) => !base.has(digest)),
    links: linksOf(
      images.filter((image) => !linksInBase(image)),
      manifests,
    ),
    files,
    archiveSizeBytes: archiveSizeBytes(document.config),
  });
}

/** The space needed for archives of so many bytes: nothing is stored twice. */
export function spaceFor(archiveBytes: number): SpaceNeeded {
  return { download: 0, archives: archiveBytes, cache: 0 };
}

export function skippedInWords(refused: readonly string[]): string {
  return `mirrored without these, because the registry does not say whether they exist: ${cutDetails(refused).join(', ')}`;
}
