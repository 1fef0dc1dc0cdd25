import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';

/** The part of an operators entry that decides which filtered catalog it is. */
export interface CatalogFilter {
  readonly catalog: string;
  readonly full?: boolean | undefined;
  readonly skipDependencies?: boolean | undefined;
  readonly packages?: readonly FilterPackage[] | undefined;
  readonly platforms?: readonly unknown[] | undefined;
}

interface FilterPackage {
  readonly name: string;
  readonly channels?: readonly FilterChannel[] | undefined;
  readonly defaultChannel?: string | undefined;
  readonly minVersion?: string | undefined;
  readonly maxVersion?: string | undefined;
}

interface FilterChannel {
  readonly name: string;
  readonly minVersion?: string | undefined;
  readonly maxVersion?: string | undefined;
}

/**
 * The ids under which oc-mirror may keep this entry's filtered catalog, the current one first: md5 of the entry as Go
 * writes it to JSON (internal/pkg/operator/filtered_collector.go, digestOfFilter). 4.22 and later put the catalog's
 * digest in place of its tag; earlier versions used it as in the configuration.
 */
export function filterIds(filter: CatalogFilter, original: Digest): string[] {
  const pinned = `${nameOfCatalog(filter.catalog)}@${original}`;
  return [...new Set([idOf(filter, pinned), idOf(filter, filter.catalog)])];
}

/** `oci:///srv/index` → `/srv/index`; `docker://host/path:tag` → `host/path`. */
export function nameOfCatalog(catalog: string): string {
  if (catalog.startsWith('oci:')) return catalog.replace(/^oci:(\/\/)?/, '').replace(/@sha256:[0-9a-f]{64}$/, '');
  return catalog
    .replace(/^docker:\/\//, '')
    .replace(/@.*$/, '')
    .replace(/:[^:/]+$/, '');
}

/** A whole catalog is copied as it is; all others are rebuilt. */
export function isWholeCatalog({ full, packages }: CatalogFilter): boolean {
  return full === true && (packages ?? []).length === 0;
}

// Go's encoding/json: struct order, `omitempty` for all but name and packages, and <, >, & as escapes.
function idOf({ packages, full, skipDependencies, platforms }: CatalogFilter, catalog: string): string {
  const value = {
    packages: packages?.map(packageOf) ?? null,
    catalog,
    ...(full === true ? { full } : {}),
    ...(skipDependencies === true ? { skipDependencies } : {}),
    ...((platforms ?? []).length > 0 ? { platforms } : {}),
  };
  const json = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return createHash('md5').update(json).digest('hex');
}

function packageOf({ name, channels, defaultChannel, minVersion, maxVersion }: FilterPackage) {
  return {
    name,
    ...((channels ?? []).length > 0 ? { channels: channels?.map(versioned) } : {}),
    ...(defaultChannel ? { defaultChannel } : {}),
    ...(minVersion ? { minVersion } : {}),
    ...(maxVersion ? { maxVersion } : {}),
  };
}

function versioned({ name, minVersion, maxVersion }: FilterChannel) {
  return { name, ...(minVersion ? { minVersion } : {}), ...(maxVersion ? { maxVersion } : {}) };
}
