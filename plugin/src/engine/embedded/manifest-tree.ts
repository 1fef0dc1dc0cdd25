/**
 * An image as a tree: an index has manifests (or indexes) below it, a manifest has a config and layers. What the base
 * knows with all of its parts isn't asked for again, since its digest says that nothing of it can have changed.
 */
import type { BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { Descriptor, Manifest } from '../../oci/manifest';
import { kindOf } from '../../oci/media-types';
import type { ImageReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { impossible } from '../../system/errors';
import { imageTooComplex } from './errors';
import type { ManifestStore } from './manifest-store';

export interface ManifestNode {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** Of an image: config and layers. Empty for an index. */
  readonly parts: readonly ManifestPart[];
  /** Of an index. Empty for an image. */
  readonly children: readonly ManifestNode[];
}

export type ManifestPart = Pick<Descriptor, 'digest' | 'bytes' | 'foreign'>;

export interface TreeReader {
  /** The tree below a digest that a repository has. */
  tree(digest: Digest, from: ImageReference): Promise<ManifestNode>;
  /** The tree of a reference by tag, as it is at this moment. */
  treeOfTag(from: ImageReference): Promise<ManifestNode>;
}

interface TreeReaderOptions {
  readonly client: RegistryClient;
  readonly base: BlobSet;
  readonly store: ManifestStore;
  readonly signal: AbortSignal;
}

// An index of indexes of indexes is already nobody's.
const deepest = 8;
const mostManifests = 100_000;

/** Each manifest is fetched once, however many images share it. */
export function createTreeReader({ client, base, store, signal }: TreeReaderOptions): TreeReader {
  const nodes = new Map<Digest, Promise<ManifestNode>>();

  const node = (digest: Digest, from: ImageReference, depth: number): Promise<ManifestNode> => {
    const known = nodes.get(digest);
    if (known !== undefined) return known;
    const image = `${from.host}/${from.repository}@${digest}`;
    if (depth > deepest) throw imageTooComplex({ image, why: `its indexes are nested more than ${deepest} deep` });
    if (nodes.size >= mostManifests)
      throw imageTooComplex({ image, why: `with it there are more than ${mostManifests} manifests` });
    const made = read(digest, from, depth);
    nodes.set(digest, made);
    return made;
  };

  const read = async (digest: Digest, from: ImageReference, depth: number): Promise<ManifestNode> => {
    const inBase = nodeOfBase(digest, base);
    if (inBase !== undefined) return inBase;
    const { host, repository } = from;
    const manifest = (await store.read(digest)) ?? (await client.manifest({ host, repository, digest }, { signal }));
    return nodeOf(manifest, from, depth);
  };

  const nodeOf = async (manifest: Manifest, from: ImageReference, depth: number): Promise<ManifestNode> => {
    await store.write(manifest);
    const { mediaType, digest, bytes } = manifest;
    if (manifest.kind === 'image')
      return { mediaType, digest, bytes, parts: [manifest.config, ...manifest.layers], children: [] };
    const children: ManifestNode[] = [];
    for (const child of manifest.manifests) children.push(await node(child.digest, from, depth + 1));
    return { mediaType, digest, bytes, parts: [], children };
  };

  return {
    tree: (digest, from) => node(digest, from, 0),
    treeOfTag: async (from) => {
      // With a base, what the tag means is most often known, and a HEAD is enough to see it.
      if (base.size > 0) return node((await client.head(from, { signal })).digest, from, 0);
      const manifest = await client.manifest(from, { signal });
      const made = nodes.get(manifest.digest) ?? nodeOf(manifest, from, 0);
      nodes.set(manifest.digest, made);
      return made;
    },
  };
}

/** The tree as the base's records have it; `undefined` where any of it is missing there. */
function nodeOfBase(digest: Digest, base: BlobSet, depth = 0): ManifestNode | undefined {
  const record = base.get(digest);
  const kind = kindOf(record?.mediaType);
  if (record?.mediaType === undefined || record.refs === undefined || kind === undefined || depth > deepest)
    return undefined;
  const { mediaType, bytes, refs } = record;
  if (!refs.every((ref) => base.has(ref))) return undefined;
  if (kind === 'image')
    return { mediaType, digest, bytes, parts: refs.map((ref) => partOfBase(ref, base)), children: [] };
  const children = refs.map((ref) => nodeOfBase(ref, base, depth + 1));
  return children.every((child) => child !== undefined) ? { mediaType, digest, bytes, parts: [], children } : undefined;
}

function partOfBase(digest: Digest, base: BlobSet): ManifestPart {
  const record = base.get(digest);
  if (record === undefined) throw impossible(`${digest} left the base`);
  return { digest, bytes: record.bytes };
}
