import { readArchiveIndex } from '../../archive/archive-index';
import { neededByDiskToMirror } from '../../archive/needed-by-disk-to-mirror';
import { slimArchive } from '../../archive/slim';
import { workingDirAt, workingDirPath } from '../../archive/working-dir';
import type { MirroredCatalog } from '../../catalog/mirrored-catalog';
import { findCatalog } from '../../catalog/mirrored-catalog';
import { filteredPathOf } from '../../catalog/working-dir';
import { destinationOfCatalog } from '../../imageset/destination';
import type { ImageSetDocument } from '../../imageset/document';
import type { MirroredImage, TagDigests } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';
import { releaseTagOf } from '../../release/working-dir';
import type { MirroredContent } from '../pinned-config';
import { attachedSignatures, rebuiltCatalogs, resolveListed } from './image-set';
import type { ListedImage } from './mapping';

/** The images of a configuration as they are in cache and archives, or what is missing. */
export interface ImageSet extends MirroredContent {
  /** References of images that were listed or should be rebuilt, but were not brought. */
  readonly missing: readonly string[];
}

/** Combines what was listed, rebuilt and signed. */
export async function imageSetOf(
  document: ImageSetDocument,
  listed: readonly ListedImage[],
  { tags, workingDir, cacheFolder }: { tags: TagDigests; workingDir: string; cacheFolder: string },
): Promise<ImageSet> {
  const { images, missing } = resolveListed(listed, tags);
  const catalogs: MirroredCatalog[] = [];
  const missingCatalogs: string[] = [];
  for (const entry of document.config.mirror.operators ?? []) {
    const found = await findCatalog(entry, { tags, workingDir: workingDirAt(workingDir), from: 'complete' });
    if (found === undefined) missingCatalogs.push(entry.catalog);
    else catalogs.push(found);
  }
  const all = unique([...namedAsInConfig(images, document), ...rebuiltCatalogs(catalogs)]);
  const signatures = await attachedSignatures(all, { tags, cacheFolder });
  return {
    images: [...all, ...signatures],
    missing: [...missing.map(({ source }) => source), ...missingCatalogs],
    catalogs,
  };
}

/**
 * Removes from the archives what no disk-to-mirror with this configuration reads: besides the rules, catalogs and
 * releases of other configs, which the stage keeps so that they are not built again, and the registries.d files of
 * cache registries long gone.
 */
export async function slimArchives(
  archives: readonly string[],
  {
    document,
    imageSet,
    mayMoveBlobs,
    signal,
  }: { document: ImageSetDocument; imageSet: ImageSet; mayMoveBlobs: boolean; signal: AbortSignal },
): Promise<number> {
  const keep = (name: string): boolean => neededByDiskToMirror(name, document) && !ofAnotherConfig(name, imageSet);
  let savedBytes = 0;
  for (const path of archives) {
    const index = await readArchiveIndex(path, { signal });
    savedBytes += (await slimArchive(path, index, { keep, mayMoveBlobs, signal })).savedBytes;
  }
  return savedBytes;
}

function ofAnotherConfig(name: string, { images, catalogs }: ImageSet): boolean {
  if (name.startsWith('working-dir/containers/')) return true;
  const filtered = filteredPathOf(workingDirPath(name));
  if (filtered !== undefined)
    return !catalogs.some(({ rebuilt, folder }) => rebuilt !== undefined && folder === filtered.folder);
  const tag = releaseTagOf(workingDirPath(name));
  return tag !== undefined && !images.some((image) => image.kind === 'release' && image.tag === tag);
}

/** The listing is made with pinned catalogs; people know them by their names in the configuration. */
function namedAsInConfig(images: readonly MirroredImage[], { config }: ImageSetDocument): MirroredImage[] {
  const names = new Map(
    (config.mirror.operators ?? []).map((entry) => {
      const { repository, tag } = destinationOfCatalog(entry);
      return [`${repository}:${tag}`, withoutTransport(entry.catalog)];
    }),
  );
  return images.map((image) => {
    const name = image.kind === 'operator' ? names.get(`${image.repository}:${image.tag}`) : undefined;
    return name === undefined ? image : { ...image, source: name };
  });
}

/**
 * By kind and place: an image that two collectors list counts twice, one that a single collector lists twice counts
 * once.
 */
function unique(images: readonly MirroredImage[]): MirroredImage[] {
  const byPlace = new Map(images.map((image) => [`${image.kind} ${image.repository}:${image.tag}`, image]));
  return [...byPlace.values()];
}
