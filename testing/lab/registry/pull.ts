/** Reading, as in OCI distribution 1.1, Pull and Content Discovery. */
import type { Content, Repository } from './content';
import { findBlob, findManifest, settle } from './content';
import type { Exchange } from './exchange';
import { sendBlob, sendBody, sendEmpty, sendError } from './exchange';

export async function serveManifest(exchange: Exchange, repository: Repository, reference: string): Promise<void> {
  const manifest = await findManifest(repository, reference);
  if (!manifest) return sendError(exchange, 404, { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' });
  const headers = {
    'content-type': manifest.mediaType,
    'docker-content-digest': manifest.digest,
    etag: `"${manifest.digest}"`,
  };
  return sendBody(exchange, 200, headers, manifest.body);
}

/** `storage`: where blobs really are; then a GET is sent there, as registries before object storage do. */
export async function serveBlob(
  exchange: Exchange,
  repository: Repository,
  { digest, storage }: { digest: string; storage: ((digest: string) => string) | undefined },
): Promise<void> {
  const blob = await findBlob(repository, digest);
  if (!blob) return sendError(exchange, 404, { code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' });
  if (storage && exchange.request.method === 'GET') return sendEmpty(exchange, 307, { location: storage(digest) });
  return sendBlob(exchange, blob);
}

/** Tags in ASCII order, by pages when the client or the registry wants pages. */
export async function serveTags(
  exchange: Exchange,
  { name, repository, tagsPerPage }: { name: string; repository: Repository; tagsPerPage: number | undefined },
): Promise<void> {
  await settle(repository);
  const { searchParams, pathname } = exchange.url;
  const asked = searchParams.get('n');
  const limit = Math.min(asked === null ? Infinity : Number(asked), tagsPerPage ?? Infinity);
  const last = searchParams.get('last') ?? '';
  const rest = [...repository.tags.keys()].sort().filter((tag) => tag > last);
  const tags = rest.slice(0, limit);
  const next = new URLSearchParams({ last: tags.at(-1) ?? '', n: String(limit) });
  const link = tags.length < rest.length ? { link: `<${pathname}?${next}>; rel="next"` } : {};
  const headers = { ...link, 'content-type': 'application/json' };
  return sendBody(exchange, 200, headers, Buffer.from(JSON.stringify({ name, tags })));
}

export async function serveCatalog(exchange: Exchange, content: Content): Promise<void> {
  const body = JSON.stringify({ repositories: [...content.keys()].sort() });
  return sendBody(exchange, 200, { 'content-type': 'application/json' }, Buffer.from(body));
}
