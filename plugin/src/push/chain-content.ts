import type { Digest } from '../oci/digest';

/**
 * What the inventories of a chain say: all that an upload may take from elsewhere in the registry. Links in archives say
 * more, and whoever made an archive wrote them: they could name any repository of the site.
 */
export interface ChainContent {
  /** In which its images lie where they arrive, those of earlier sequences too; without the namespace of the registry. */
  readonly repositories: ReadonlySet<string>;
  /** Which sequence's folder each of its blobs and manifests came with. */
  readonly broughtBy: ReadonlyMap<Digest, string>;
}
