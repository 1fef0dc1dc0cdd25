/** Package URLs of images: `pkg:oci/ubi@sha256%3A…?repository_url=registry.redhat.io/ubi9/ubi&tag=9.5`. */
import { tryParseReference } from '../oci/reference';
import type { ImageOnRecord } from '../reporting/sequence-contents';

/** By the source of an image and its digest (purl specification, type oci). */
export function packageUrlOf({ source, digest, repository, tag }: ImageOnRecord): string {
  const { reference } = tryParseReference(source);
  const place = reference === undefined ? repository : `${reference.host}/${reference.repository}`;
  const name = place.split('/').at(-1) ?? place;
  const named = reference?.tag ?? (reference?.digest === undefined ? tag : undefined);
  const qualifiers = [`repository_url=${encode(place)}`, ...(named === undefined ? [] : [`tag=${encode(named)}`])];
  return `pkg:oci/${encode(name.toLowerCase())}@${encode(digest)}?${qualifiers.join('&')}`;
}

/** As package URLs are encoded: a slash in a qualifier stays. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}
