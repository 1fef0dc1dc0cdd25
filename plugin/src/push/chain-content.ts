import type { Digest } from '../oci/digest';

/**
 * What the inventories of a chain say: an upload may take only this from elsewhere in the registry. Links in archives
 * say more, but the maker of an archive wrote them: they could name any repository of the site.
 */
export interface ChainContent {
  /**
   * The repositories in which its images lie where they arrive, including earlier sequences; without the registry's
   * namespace.
   */
  readonly repositories: ReadonlySet<string>;
  /** The sequence's folder that each of its blobs and manifests came with. */
  readonly broughtBy: ReadonlyMap<Digest, string>;
  /** Those of its repositories that need a blob for one of their images. */
  repositoriesOf(digest: Digest): Iterable<string>;
}
