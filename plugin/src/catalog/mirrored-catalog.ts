/** Where the catalogs of a configuration lie once oc-mirror has mirrored them: under their tags, and in working-dir. */
import type { WorkingDir } from '../archive/working-dir';
import { destinationOfCatalog } from '../imageset/destination';
import type { OperatorCatalog } from '../imageset/schema';
import type { Digest } from '../oci/digest';
import { digestFromHex, isDigest } from '../oci/digest';
import type { TagDigests } from '../oci/image';
import { filterIds, isWholeCatalog } from './filter-id';
import type { AddedDependency, ChannelHead } from './selection/selection';
import { catalogFolder, filteredFolder } from './working-dir';

export interface MirroredCatalog {
  readonly entry: OperatorCatalog;
  readonly repository: string;
  /** The catalog as its registry has it. */
  readonly original: { readonly tag: string; readonly digest: Digest };
  /** The catalog with the packages asked for; `undefined` if it is copied whole. */
  readonly rebuilt?: { readonly tag: string; readonly digest: Digest } | undefined;
  /** Below working-dir, what disk-to-mirror reads of it: the filtered catalog, or the whole one. */
  readonly folder: string;
  /** The heads of the selected channels; `undefined` for a catalog that was found by its tags. */
  readonly heads?: readonly ChannelHead[] | undefined;
  /** What was added to the packages asked for, since they need it. `undefined`: that was not asked for. */
  readonly dependencies?: readonly AddedDependency[] | undefined;
}

/** How far the tags are trusted. */
export interface CatalogSearch {
  /** All tags of a cache, or of archives. */
  readonly tags: TagDigests;
  readonly workingDir: Pick<WorkingDir, 'text'>;
  /**
   * `complete`: of a run that came to its end, in which every tag is there. `archives`: the tags of other catalogs may
   * have come since, and of a catalog by digest oc-mirror keeps none for the original.
   */
  readonly from: 'complete' | 'archives';
}

/**
 * Finds the catalog of an operators entry; `undefined` if a part is missing, which never happens after a complete run.
 */
export async function findCatalog(entry: OperatorCatalog, search: CatalogSearch): Promise<MirroredCatalog | undefined> {
  const { repository, tag } = destinationOfCatalog(entry);
  const digest = search.tags.get(`${repository}:${tag}`) ?? (search.from === 'archives' ? digestIn(entry) : undefined);
  if (digest === undefined) return undefined;
  const found = { entry, repository, original: { tag, digest } };
  if (isWholeCatalog(entry)) return { ...found, folder: catalogFolder(entry.catalog, digest) };
  for (const id of filterIds(entry, digest)) {
    const folder = filteredFolder(entry.catalog, digest, id);
    const rebuilt = await rebuiltDigest(folder, search.workingDir);
    const isTagged = rebuilt !== undefined && search.tags.get(`${repository}:${id}`) === rebuilt;
    if (rebuilt !== undefined && (isTagged || search.from === 'archives'))
      return { ...found, rebuilt: { tag: id, digest: rebuilt }, folder };
  }
  return undefined;
}

/** The digest that oc-mirror wrote when the rebuilding ended. */
async function rebuiltDigest(folder: string, workingDir: Pick<WorkingDir, 'text'>): Promise<Digest | undefined> {
  const hex = await workingDir.text(`${folder}/digest`, { limit: 200 });
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex) ? digestFromHex(hex) : undefined;
}

function digestIn({ catalog }: OperatorCatalog): Digest | undefined {
  const digest = catalog.split('@').at(1) ?? '';
  return isDigest(digest) ? digest : undefined;
}
