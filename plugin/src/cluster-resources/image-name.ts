/** Image names as oc-mirror takes them apart for cluster resources (internal/pkg/image/image.go, ParseRef). */
export interface ImageName {
  /** What stands before the first slash. */
  readonly domain: string;
  /** What stands behind it, without tag and digest. */
  readonly path: string;
  readonly tag: string;
  readonly digest: string;
}

export function imageName(reference: string): ImageName {
  const [named = '', digest = ''] = reference.replace(/^docker:\/\//, '').split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  const slash = name.indexOf('/');
  return {
    domain: slash === -1 ? '' : name.slice(0, slash),
    path: slash === -1 ? name : name.slice(slash + 1),
    tag: hasTag ? named.slice(colon + 1) : '',
    digest,
  };
}

/** `registry.redhat.io/ubi9/ubi` */
export function repositoryScope({ domain, path }: Pick<ImageName, 'domain' | 'path'>): string {
  return domain === '' ? path : `${domain}/${path}`;
}

/** `registry.redhat.io/ubi9` */
export function namespaceScope({ domain, path }: Pick<ImageName, 'domain' | 'path'>): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? domain : `${domain}/${path.slice(0, slash)}`;
}
