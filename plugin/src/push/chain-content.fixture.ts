import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { openArchiveBlobs } from './archive-blobs';
import type { ChainContent } from './chain-content';

/** The inventories' content of a chain with these archives and images. */
export async function contentOfArchives(
  archives: readonly string[],
  images: readonly MirroredImage[],
): Promise<ChainContent> {
  const { contents } = await openArchiveBlobs(archives, { signal: new AbortController().signal });
  const broughtBy = new Map<Digest, string>();
  for (const { digest, archive } of contents()) broughtBy.set(digest, archive);
  return { repositories: new Set(images.map(({ repository }) => repository)), broughtBy, repositoriesOf: () => [] };
}
