/** The images of archives without records, by their tags. Pure. */
import type { LinkEntry } from '../archive/archive-index';
import { destinationOfCatalog, destinationOfImage } from '../imageset/destination';
import type { ImageSetConfiguration } from '../imageset/schema';
import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { isReleaseRepository, releaseRepository } from '../release/release-images';

/**
 * An image for each tag whose manifest is there, damaged or not. Other tags belong to configurations that share the
 * cache: oc-mirror packs the links of all.
 */
export function imagesByTag(
  links: readonly LinkEntry[],
  { blobs, damaged }: { blobs: BlobSet; damaged: ReadonlySet<Digest> },
): MirroredImage[] {
  return links.flatMap((link) => {
    if (link.link !== 'tag' || !(blobs.has(link.target) || damaged.has(link.target))) return [];
    const { repository, tag, target: digest } = link;
    return [{ kind: kindBy(repository), source: `${repository}:${tag}`, digest, repository, tag }];
  });
}

/** Images that the configuration names one by one, but that no tag in the archives leads to, by their names in it. */
export function requestedAndMissing({ mirror }: ImageSetConfiguration, links: readonly LinkEntry[]): string[] {
  const tags = new Set(links.flatMap((link) => (link.link === 'tag' ? [`${link.repository}:${link.tag}`] : [])));
  const repositories = new Set(links.map(({ repository }) => repository));
  const images = (mirror.additionalImages ?? []).filter((image) => {
    const { repository, tag } = destinationOfImage(image);
    return !tags.has(`${repository}:${tag}`);
  });
  // For a catalog by digest, oc-mirror makes up the tag.
  const catalogs = (mirror.operators ?? []).filter((entry) => {
    const { repository, tag } = destinationOfCatalog(entry);
    return entry.catalog.includes('@') ? !repositories.has(repository) : !tags.has(`${repository}:${tag}`);
  });
  const releases = mirror.platform !== undefined && !repositories.has(releaseRepository) ? ['a release'] : [];
  return [...images.map(({ name }) => name), ...catalogs.map(({ catalog }) => catalog), ...releases];
}

function kindBy(repository: string): MirroredImage['kind'] {
  return isReleaseRepository(repository) ? 'release' : 'additional';
}
