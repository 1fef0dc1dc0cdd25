/** The files of working-dir that oc-mirror needs for the head, from the archives that are here. */
import type { HashPool } from '../archive/hashing/hashing';
import type { FileSource } from '../archive/needed-files';
import { neededFiles } from '../archive/needed-files';
import type { PlannedFile } from '../archive/plan';
import { filesIn } from '../archive/working-dir';
import { neededOfCatalogs } from '../catalog/needed-files';
import type { ImageSetDocument } from '../imageset/document';
import { locateArchives } from '../mirror/locate-archives';
import type { Mirror } from '../mirror/mirror';
import { soundIndex } from '../mirror/sound-index';
import { neededOfReleases } from '../release/needed-files';
import { holdWorkingDir } from '../sequence/working-dir';
import type { BundleChain } from './content';

/**
 * The files of working-dir for the head, which only oc-mirror reads. Newest archives first. An archive is trusted if
 * everything in it except the blobs is what was sealed.
 */
export async function filesForHead(
  mirror: Mirror,
  { sequences, images }: BundleChain,
  document: ImageSetDocument,
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<{ files: readonly PlannedFile[]; lacking: readonly string[] }> {
  const records = sequences.map(({ metadata }) => metadata);
  if (!holdWorkingDir(records, images)) return { files: [], lacking: [] };
  const sources: FileSource[] = [];
  for (const { entry, metadata } of [...sequences].reverse()) {
    const { archives } = await locateArchives(mirror, entry.folder, metadata);
    for (const { file, recorded } of archives) {
      const index = file === undefined ? undefined : await soundIndex(file.path, recorded, { pool, signal });
      if (index !== undefined) sources.push({ where: entry.folder, files: filesIn(index, { signal }) });
    }
  }
  const parts = [neededOfReleases(images), neededOfCatalogs(images)];
  return neededFiles(sources, { config: document, parts, has: new Set() });
}
