/**
 * The names of images where they arrive: below the destination, in the cache, and in archives. The host is removed
 * (oc-mirror internal/pkg/image/image.go ParseRef, internal/pkg/additional/local_stored_collector.go, and for catalogs
 * GetUniqueName in internal/pkg/api/v2alpha1/type_config.go).
 */
import { isOciLayout, ociPathOf } from './references';
import type { AdditionalImage, OperatorCatalog } from './schema';

export interface Destination {
  /** `ubi9/ubi` */
  readonly repository: string;
  /** `9.5`, or `sha256-<hex>` for an image by digest alone. */
  readonly tag: string;
}

export function destinationOfImage({ name, targetRepo, targetTag }: AdditionalImage): Destination {
  return {
    repository: targetRepo || pathComponentOf(name).replace(/^\//, ''),
    tag: targetTag || tagOf(name),
  };
}

/**
 * The destination of a catalog. For one named by digest, oc-mirror makes the tag from the filtered catalog's digest;
 * here the original's digest is used instead.
 */
export function destinationOfCatalog({ catalog, targetCatalog, targetTag }: OperatorCatalog): Destination {
  const repository = isOciLayout(catalog) ? (ociPathOf(catalog).split('/').at(-1) as string) : pathComponentOf(catalog);
  return { repository: targetCatalog || repository, tag: targetTag || tagOf(catalog) };
}

/** oc-mirror identifies catalogs by this: two with the same are refused. */
export function uniqueCatalogName({ catalog, targetCatalog, targetTag }: OperatorCatalog): string {
  const reference = catalog.replace(/^\w+:\/\//, '');
  const named = targetTag ? `${splitReference(reference, isOciLayout(catalog)).name}:${targetTag}` : reference;
  return targetCatalog ? named.replace(pathComponentOf(catalog), () => targetCatalog) : named;
}

/** The name without host, tag and digest. oc-mirror takes everything before the first slash for a host. */
export function pathComponentOf(text: string): string {
  if (isOciLayout(text)) return ociPathOf(text);
  const parts = splitReference(text.replace(/^docker:\/\//, ''), false).name.split('/');
  return parts.length === 1 ? (parts[0] as string) : parts.slice(1).join('/');
}

function tagOf(text: string): string {
  if (isOciLayout(text)) return 'latest';
  const { tag, digest } = splitReference(text.replace(/^docker:\/\//, ''), false);
  return tag || digest.replace(':', '-');
}

function splitReference(reference: string, oci: boolean): { name: string; tag: string; digest: string } {
  const [named = '', digest = ''] = reference.split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = !oci && colon > named.indexOf('/');
  return { name: hasTag ? named.slice(0, colon) : named, tag: hasTag ? named.slice(colon + 1) : '', digest };
}
