/**
 * Where oc-mirror keeps catalogs in working-dir (internal/pkg/operator/filtered_collector.go):
 * `operator-catalogs/<name>/<hex of the original>/` with `catalog-config/` of the whole catalog and
 * `filtered-catalogs/<id>/` of each that was filtered, in which `digest`, written last, is the hex of the rebuilt image
 * and `catalog-config/<package>/catalog.json` its file-based catalog.
 */
import { basename } from 'node:path/posix';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { nameOfCatalog } from './filter-id';

export const catalogsFolder = 'operator-catalogs';
export const filteredCatalogsFolder = 'filtered-catalogs';

/** The folder of a catalog below working-dir. */
export function catalogFolder(catalog: string, original: Digest): string {
  return `${catalogsFolder}/${basename(nameOfCatalog(catalog))}/${hexOf(original)}`;
}

/** The folder below working-dir of the catalog that was filtered for one entry. */
export function filteredFolder(catalog: string, original: Digest, id: string): string {
  return `${catalogFolder(catalog, original)}/${filteredCatalogsFolder}/${id}`;
}

export interface FilteredPath {
  /** Below working-dir, as `filteredFolder` gives it. */
  readonly folder: string;
  readonly id: string;
  /** Below that folder: `digest`, `catalog-config/web-terminal/catalog.json`. */
  readonly rest: string;
}

const filteredPattern = /^(operator-catalogs\/[^/]+\/[^/]+\/filtered-catalogs\/([^/]+))\/(.+)$/;

/** Which filtered catalog a path below working-dir belongs to; `undefined` if it belongs to none. */
export function filteredPathOf(path: string): FilteredPath | undefined {
  const [, folder, id, rest] = filteredPattern.exec(path) ?? [];
  return folder === undefined || id === undefined || rest === undefined ? undefined : { folder, id, rest };
}

/** The files of a catalog's file-based catalog, in JSON or YAML, by their paths below working-dir. */
export function fileBasedCatalogIn(paths: readonly string[], folder: string): string[] {
  return paths.filter((path) => path.startsWith(`${folder}/catalog-config/`));
}

/** Whether a path below working-dir is a part of a filtered catalog that lists bundles, in JSON. */
export function isBundleList(path: string): boolean {
  const rest = filteredPathOf(path)?.rest;
  return rest !== undefined && /^catalog-config\/.+\.json$/.test(rest);
}

/** Whether a tag is the id of a filter: then it belongs to a rebuilt catalog. */
export function isFilterId(tag: string): boolean {
  return /^[0-9a-f]{32}$/.test(tag);
}
