/** Media types of everything that a reference can lead to, and of layers that stay where their owner keeps them. */

export const imageMediaTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

export const indexMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;

/**
 * What to ask registries for. Schema 1 isn't among them: docker-registry 2.8 would convert to it otherwise, which
 * changes digests.
 */
export const acceptedMediaTypes = [...imageMediaTypes, ...indexMediaTypes].join(', ');

/** Whether a media type is an image's manifest, an index, or neither. */
export function kindOf(mediaType: string | undefined): 'image' | 'index' | undefined {
  if (imageMediaTypes.some((type) => type === mediaType)) return 'image';
  return indexMediaTypes.some((type) => type === mediaType) ? 'index' : undefined;
}
