/**
 * An image as a tree: an index has manifests (or indexes) below it, a manifest has a config and layers. A manifest that
 * the base has with all of its parts isn't asked for again, since its digest shows that it cannot have changed.
 */
import type { BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import { manifestUnusable } from '../../oci/errors';
import type { Descriptor, Manifest } from '../../oci/manifest';
import { refsOf } from '../../oci/manifest';
import { kindOf } from '../../oci/media-types';
import type { ImageReference } from '../../oci/reference';
import { formatReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { impossible, isSeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';
import { childMissing, imageTooComplex, manifestRefused } from './errors';
import type { ManifestStore } from './manifest-store';

export interface ManifestNode {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** Config and layers of an image. Empty for an index. */
  readonly parts: readonly ManifestPart[];
  /** Manifests of an index. Empty for an image. */
  readonly children: readonly ManifestNode[];
}

export type ManifestPart = Pick<Descriptor, 'digest' | 'bytes' | 'foreign'>;

export interface TreeReader {
  /** The tree below a digest that a repository has. */
  tree(digest: Digest, from: ImageReference): Promise<ManifestNode>;
  /** The tree of a reference by tag, as it is now. */
  treeOfTag(from: ImageReference): Promise<ManifestNode>;
}

/** Why a manifest is read that no configuration names. */
interface NamedChild {
  readonly child: Descriptor;
  readonly index: Digest;
}

interface TreeReaderOptions {
  readonly client: RegistryClient;
  readonly base: BlobSet;
  readonly store: ManifestStore;
  readonly signal: AbortSignal;
}

// No real image has indexes of indexes of indexes.
const deepest = 8;
const mostManifests = 100_000;
// A release has some thousand; each takes a hundred bytes of memory.
const mostReferences = 2_000_000;

/** Each manifest is fetched once, however many images share it. */
export function createTreeReader({ client, base, store, signal }: TreeReaderOptions): TreeReader {
  const nodes = new Map<Digest, Promise<ManifestNode>>();
  const ofBase = new Map<Digest, ManifestNode | undefined>();
  let references = 0;

  const node = (digest: Digest, from: ImageReference, depth: number, namedBy?: NamedChild): Promise<ManifestNode> => {
    const known = nodes.get(digest);
    if (known !== undefined) return known;
    const image = `${from.host}/${from.repository}@${digest}`;
    if (depth > deepest) throw imageTooComplex({ image, why: `its indexes are nested more than ${deepest} deep` });
    if (nodes.size >= mostManifests)
      throw imageTooComplex({ image, why: `all images together have more than ${mostManifests} manifests` });
    const made = read(digest, from, depth, namedBy);
    nodes.set(digest, made);
    return made;
  };

  const read = async (
    digest: Digest,
    from: ImageReference,
    depth: number,
    namedBy: NamedChild | undefined,
  ): Promise<ManifestNode> => {
    const inBase = nodeOfBase(digest, base, ofBase);
    if (inBase !== undefined) return inBase;
    return nodeOf((await store.read(digest)) ?? (await fetched(digest, from, namedBy)), from, depth);
  };

  const fetched = async (digest: Digest, from: ImageReference, namedBy: NamedChild | undefined): Promise<Manifest> => {
    const { host, repository } = from;
    try {
      return await client.manifest({ host, repository, digest }, { signal });
    } catch (error) {
      // An image that the configuration names needs no other name.
      if (!isSeqmirrorError(error) || from.digest === digest) throw error;
      const image = formatReference(from);
      const role = namedBy === undefined ? 'manifest' : roleOf(namedBy.child);
      if (namedBy === undefined || error.code !== 'SEQ0506') throw manifestRefused({ image, role, cause: error });
      throw childMissing({ image, role, host, digest, index: namedBy.index, cause: error });
    }
  };

  const nodeOf = async (manifest: Manifest, from: ImageReference, depth: number): Promise<ManifestNode> => {
    signal.throwIfAborted();
    references += refsOf(manifest).length;
    if (references > mostReferences) {
      const image = `${from.host}/${from.repository}@${manifest.digest}`;
      throw imageTooComplex({ image, why: `all images together have more than ${mostReferences} references` });
    }
    await store.write(manifest);
    const { mediaType, digest, bytes } = manifest;
    if (manifest.kind === 'image')
      return { mediaType, digest, bytes, parts: [manifest.config, ...manifest.layers], children: [] };
    const children: ManifestNode[] = [];
    for (const child of new Map(manifest.manifests.map((each) => [`${each.digest} ${each.bytes}`, each])).values()) {
      signal.throwIfAborted();
      const found = await node(child.digest, from, depth + 1, { child, index: digest });
      if (found.bytes !== child.bytes) {
        const problem = `it gives ${child.digest} a size of ${child.bytes} bytes, but that manifest has ${found.bytes} bytes`;
        throw manifestUnusable({ digest, problem });
      }
      children.push(found);
    }
    return { mediaType, digest, bytes, parts: [], children };
  };

  return {
    tree: (digest, from) => node(digest, from, 0),
    treeOfTag: async (from) => {
      // With a base, it is usually known what the tag stands for, and a HEAD is enough to see it.
      if (base.size > 0) return node((await client.head(from, { signal })).digest, from, 0);
      const manifest = await client.manifest(from, { signal });
      const made = nodes.get(manifest.digest) ?? nodeOf(manifest, from, 0);
      nodes.set(manifest.digest, made);
      return made;
    },
  };
}

/** The role of a manifest in its index: BuildKit keeps attestations there, under a platform that does not exist. */
function roleOf({ mediaType, platform, annotations }: Descriptor): string {
  if (annotations?.['vnd.docker.reference.type'] === 'attestation-manifest') return 'attestation';
  if (kindOf(mediaType) === 'index') return 'index';
  const { os, architecture, variant } = platform ?? {};
  const parts = [os, architecture, variant].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? 'manifest' : printable(`image for ${parts.join('/')}`);
}

/**
 * The tree according to the base's records; `undefined` if any part is missing there.
 *
 * @param known the result for each manifest, so that none is visited twice, however many indexes name it
 */
function nodeOfBase(
  digest: Digest,
  base: BlobSet,
  known: Map<Digest, ManifestNode | undefined>,
  depth = 0,
): ManifestNode | undefined {
  if (known.has(digest)) return known.get(digest);
  // Until it is known: records that refer back to themselves are not a tree.
  known.set(digest, undefined);
  const record = base.get(digest);
  const kind = kindOf(record?.mediaType);
  if (record?.mediaType === undefined || record.refs === undefined || kind === undefined || depth > deepest)
    return undefined;
  const { mediaType, bytes } = record;
  const refs = [...new Set(record.refs)];
  if (!refs.every((ref) => base.has(ref))) return undefined;
  const node = { mediaType, digest, bytes, parts: [], children: [] };
  if (kind === 'image') {
    known.set(digest, { ...node, parts: refs.map((ref) => partOfBase(ref, base)) });
    return known.get(digest);
  }
  const children = refs.map((ref) => nodeOfBase(ref, base, known, depth + 1));
  if (children.every((child) => child !== undefined)) known.set(digest, { ...node, children });
  return known.get(digest);
}

function partOfBase(digest: Digest, base: BlobSet): ManifestPart {
  const record = base.get(digest);
  if (record === undefined) throw impossible(`${digest} left the base`);
  return { digest, bytes: record.bytes };
}
