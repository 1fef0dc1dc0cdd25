import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { filterIds, isWholeCatalog, nameOfCatalog } from '../../catalog/filter-id';
import { destinationOfCatalog } from '../../imageset/destination';
import type { OperatorCatalog } from '../../imageset/schema';
import type { Digest } from '../../oci/digest';
import { digestFromHex, hexOf } from '../../oci/digest';
import type { CacheTags } from './cache';

/** Where the catalog of an entry lies in the cache, as oc-mirror copied and as it rebuilt it. */
export interface CatalogInCache {
  readonly repository: string;
  /** The catalog as its registry has it. */
  readonly original: { readonly tag: string; readonly digest: Digest };
  /** The catalog with the packages asked for. `undefined` when it is copied whole. */
  readonly rebuilt?: { readonly tag: string; readonly digest: Digest } | undefined;
  /** Below working-dir, what disk-to-mirror reads of it. */
  readonly filteredFolder?: string | undefined;
}

/**
 * Finds the catalog of an operators entry in cache and working-dir. `undefined` when a part is missing, which no
 * complete run leaves behind.
 */
export async function findCatalog(
  entry: OperatorCatalog,
  { tags, workingDir }: { tags: CacheTags; workingDir: string },
): Promise<CatalogInCache | undefined> {
  const { repository, tag } = destinationOfCatalog(entry);
  const digest = tags.get(`${repository}:${tag}`);
  if (digest === undefined) return undefined;
  const original = { tag, digest };
  if (isWholeCatalog(entry)) return { repository, original };
  for (const id of filterIds(entry, digest)) {
    const name = basename(nameOfCatalog(entry.catalog));
    const filteredFolder = join('operator-catalogs', name, hexOf(digest), 'filtered-catalogs', id);
    const hex = await readFile(join(workingDir, filteredFolder, 'digest'), 'utf8').catch(() => '');
    const inCache = tags.get(`${repository}:${id}`);
    if (/^[0-9a-f]{64}$/.test(hex) && inCache === digestFromHex(hex)) {
      return { repository, original, rebuilt: { tag: id, digest: inCache }, filteredFolder };
    }
  }
  return undefined;
}
