/**
 * What the registry has: repositories with tags, manifests and blobs. Images of the lab are built when somebody first asks
 * for them; a pushed blob lies in a file.
 */
import { createHash } from 'node:crypto';

export interface Blob {
  readonly digest: string;
  readonly bytes: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Buffer>;
}

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

export interface Repository {
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, Manifest>;
  readonly blobs: Map<string, Blob>;
  /** Tags whose images are not built yet. */
  readonly unbuilt: Map<string, () => Promise<void>>;
}

export type Content = Map<string, Repository>;

export function digestOf(body: Buffer | string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

export function bytesInMemory(content: string | Buffer): Blob {
  const body = Buffer.from(content);
  const read = async function* (start: number, end: number): AsyncIterable<Buffer> {
    yield body.subarray(start, end);
  };
  return { digest: digestOf(body), bytes: body.length, read };
}

export function manifestOf(mediaType: string, body: string | Buffer): Manifest {
  return { digest: digestOf(body), mediaType, body: Buffer.from(body) };
}

export function repositoryIn(content: Content, name: string): Repository {
  const known = content.get(name);
  if (known) return known;
  const repository: Repository = { tags: new Map(), manifests: new Map(), blobs: new Map(), unbuilt: new Map() };
  content.set(name, repository);
  return repository;
}

/** Builds what is needed to answer for this tag; without a tag, or when nobody knows it, all of the repository. */
export async function settle(repository: Repository, tag?: string): Promise<void> {
  const one = tag === undefined ? undefined : repository.unbuilt.get(tag);
  if (one) return one();
  for (const build of [...repository.unbuilt.values()]) await build();
}

/** The manifest under a tag or digest. */
export async function findManifest(repository: Repository, reference: string): Promise<Manifest | undefined> {
  const known = (): Manifest | undefined => repository.manifests.get(repository.tags.get(reference) ?? reference);
  if (repository.unbuilt.has(reference) || !known()) await settle(repository, reference);
  return known();
}

export async function findBlob(repository: Repository, digest: string): Promise<Blob | undefined> {
  if (!repository.blobs.has(digest)) await settle(repository);
  return repository.blobs.get(digest);
}
