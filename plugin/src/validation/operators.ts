/** Which operators need an image, according to the filtered catalogs in the archives. */
import type { ArchiveIndex } from '../archive/archive-index';
import type { WorkingDirFile } from '../archive/working-dir';
import { filesIn, workingDirPath } from '../archive/working-dir';
import { bundlesIn } from '../catalog/bundles';
import { isBundleList } from '../catalog/working-dir';
import { isSeqmirrorError } from '../system/errors';
import type { BrokenImage } from './validation';

/** The file-based catalogs in archives. */
export function catalogsIn(indexes: readonly ArchiveIndex[]): WorkingDirFile[] {
  return indexes.flatMap((index) => filesIn(index).filter(({ name }) => isBundleList(workingDirPath(name))));
}

/** The images with the packages whose bundles name them. Catalogs that cannot be read are left out. */
export async function withOperators(
  images: readonly BrokenImage[],
  catalogs: readonly WorkingDirFile[],
  { signal }: { signal: AbortSignal },
): Promise<BrokenImage[]> {
  const packages = new Map(images.map(({ digest }) => [digest as string, new Set<string>()]));
  for (const { name, pieces } of images.length === 0 ? [] : catalogs) {
    signal.throwIfAborted();
    try {
      for await (const bundle of bundlesIn(pieces(), { file: name })) {
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
