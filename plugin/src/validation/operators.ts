/** Which operators need an image: by the filtered catalogs that travel in the archives. */
import type { ArchiveEntry, ArchiveIndex } from '../archive/archive-index';
import { entryPieces } from '../archive/read-entry';
import { bundlesIn } from '../catalog/bundles';
import { isSeqmirrorError } from '../system/errors';
import type { BrokenImage } from './validation';

/** A file-based catalog in an archive. */
export interface CatalogEntry {
  readonly archive: Pick<ArchiveIndex, 'path' | 'name'>;
  readonly entry: ArchiveEntry;
}

const catalogFile = /^working-dir\/operator-catalogs\/.+\/filtered-catalogs\/[^/]+\/catalog-config\/.+\.json$/;

export function catalogsIn(indexes: readonly ArchiveIndex[]): CatalogEntry[] {
  return indexes.flatMap(({ path, name, workingDir }) =>
    workingDir.filter((entry) => catalogFile.test(entry.name)).map((entry) => ({ archive: { path, name }, entry })),
  );
}

/** The images with the packages whose bundles name them. Catalogs that cannot be read name nobody. */
export async function withOperators(
  images: readonly BrokenImage[],
  catalogs: readonly CatalogEntry[],
  { signal }: { signal: AbortSignal },
): Promise<BrokenImage[]> {
  const packages = new Map(images.map(({ digest }) => [digest as string, new Set<string>()]));
  for (const { archive, entry } of images.length === 0 ? [] : catalogs) {
    try {
      for await (const bundle of bundlesIn(entryPieces(archive, entry, { signal }), { file: entry.name })) {
        for (const reference of [bundle.image, ...bundle.relatedImages.map(({ image }) => image)]) {
          packages.get(reference.slice(reference.indexOf('@') + 1))?.add(bundle.package);
        }
      }
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
    }
  }
  return images.map((image) => ({ ...image, operators: [...(packages.get(image.digest) ?? [])].sort() }));
}
