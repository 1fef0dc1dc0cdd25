/** From the images of a configuration to every blob, with its size and source, and every link. */
import type { PlannedLink } from '../../archive/layout';
import { layerLinkName, revisionLinkName, tagLinkName } from '../../archive/names';
import type { BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import type { ImageReference } from '../../oci/reference';
import { formatReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { mapConcurrently } from '../../system/concurrency';
import { isSeqmirrorError } from '../../system/errors';
import type { AttachedImage } from './attached';
import { attachedTo } from './attached';
import { imageNotMirrorable, sameTarget } from './errors';
import type { ManifestStore } from './manifest-store';
import type { ManifestNode, TreeReader } from './manifest-tree';
import { createTreeReader } from './manifest-tree';
import type { RequestedImage } from './requested-images';

export interface ResolvedBlob {
  readonly digest: Digest;
  readonly bytes: number;
  readonly kind: 'manifest' | 'part';
  /** A layer that its registry need not have. */
  readonly foreign: boolean;
  /** A repository that has it. */
  readonly from: ImageReference;
  /** An image that needs it, for messages. */
  readonly image: string;
}

export interface Resolution {
  /** In the configuration's order; what is attached to an image follows it. */
  readonly images: readonly MirroredImage[];
  /** Every blob of these images, those of the base included. */
  readonly blobs: ReadonlyMap<Digest, ResolvedBlob>;
  readonly links: readonly PlannedLink[];
}

interface ResolveOptions {
  readonly client: RegistryClient;
  readonly base: BlobSet;
  readonly store: ManifestStore;
  /** Images at the same time. */
  readonly parallelImages: number;
  readonly signal: AbortSignal;
  /** Told the name of each image when it is known. */
  readonly onImage?: ((name: string) => void) | undefined;
}

interface ResolvedImage {
  readonly request: RequestedImage;
  readonly root: ManifestNode;
  readonly attached: readonly AttachedImage[];
}

/**
 * Asks registries what the images are, with whatever is attached to them (signatures, attestations).
 *
 * @throws SEQ0413 when two different images would get the same repository and tag
 * @throws SEQ0417 for an image that is neither OCI nor Docker schema 2
 * @throws SEQ05xx for what registries refuse or don't have
 */
export async function resolveImages(requests: readonly RequestedImage[], options: ResolveOptions): Promise<Resolution> {
  const trees = createTreeReader(options);
  const { parallelImages: limit, signal } = options;
  const resolved = await mapConcurrently(requests, { limit, signal }, async (request) => {
    const image = await resolveImage(request, trees, options);
    options.onImage?.(request.name);
    return image;
  });
  refuseSameTarget(resolved);
  return collect(resolved);
}

async function resolveImage(
  request: RequestedImage,
  trees: TreeReader,
  options: ResolveOptions,
): Promise<ResolvedImage> {
  const { reference, name } = request;
  try {
    const root =
      reference.digest === undefined ? await trees.treeOfTag(reference) : await trees.tree(reference.digest, reference);
    return { request, root, attached: await attachedTo(root, reference, { ...options, trees }) };
  } catch (error) {
    if (isSeqmirrorError(error) && error.code === 'SEQ0510') throw imageNotMirrorable({ image: name, cause: error });
    throw error;
  }
}

function refuseSameTarget(resolved: readonly ResolvedImage[]): void {
  const taken = new Map<string, ResolvedImage>();
  for (const image of resolved) {
    const { repository, tag, name } = image.request;
    const other = taken.get(`${repository}:${tag}`);
    if (other !== undefined && other.root.digest !== image.root.digest) {
      throw sameTarget({ first: other.request.name, second: name, repository, tag });
    }
    taken.set(`${repository}:${tag}`, image);
  }
}

function collect(resolved: readonly ResolvedImage[]): Resolution {
  const images = new Map<string, MirroredImage>();
  const blobs = new Map<Digest, ResolvedBlob>();
  const links = new Map<string, PlannedLink>();
  const link = (name: string, digest: Digest): void => void links.set(name, { name, digest });

  const addTree = (node: ManifestNode, request: RequestedImage): void => {
    const { host, repository: source } = request.reference;
    const about = { from: { host, repository: source }, image: request.name };
    const add = (blob: Pick<ResolvedBlob, 'digest' | 'bytes' | 'kind' | 'foreign'>): void => {
      const known = blobs.get(blob.digest);
      // The same bytes can be a layer here and a manifest there; as a manifest they are at hand already.
      if (known === undefined || (known.kind === 'part' && blob.kind === 'manifest'))
        blobs.set(blob.digest, { ...blob, ...about });
    };
    add({ digest: node.digest, bytes: node.bytes, kind: 'manifest', foreign: false });
    link(revisionLinkName(request.repository, node.digest), node.digest);
    for (const { digest, bytes, foreign = false } of node.parts) {
      add({ digest, bytes, kind: 'part', foreign });
      link(layerLinkName(request.repository, digest), digest);
    }
    for (const child of node.children) addTree(child, request);
  };
  const addImage = (
    root: ManifestNode,
    request: RequestedImage,
    image: Pick<MirroredImage, 'source' | 'tag' | 'attachedTo'>,
  ): void => {
    const { repository } = request;
    addTree(root, request);
    link(tagLinkName(repository, image.tag), root.digest);
    // Two entries may share a target, and an image what is attached to it with another.
    const key = `${repository}:${image.tag} ${image.source}`;
    if (!images.has(key)) images.set(key, { kind: 'additional', digest: root.digest, repository, ...image });
  };
  for (const { request, root, attached } of resolved) {
    addImage(root, request, { source: request.name, tag: request.tag });
    for (const { root: attachment, tag, about } of attached) {
      const { host, repository } = request.reference;
      addImage(attachment, request, { source: formatReference({ host, repository, tag }), tag, attachedTo: about });
    }
  }
  return { images: [...images.values()], blobs, links: [...links.values()] };
}
