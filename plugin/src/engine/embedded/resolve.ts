/** From the images of a configuration to every blob, with its size and source, and every link. */
import type { MadeBlob, RemoteBlob } from '../../archive/blob-source';
import { linksOf } from '../../archive/links';
import type { PlannedLink } from '../../archive/plan';
import type { BlobRecord, BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { formatReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { mapConcurrently } from '../../system/concurrency';
import type { ErrorCode } from '../../system/error-codes';
import { isSeqmirrorError } from '../../system/errors';
import type { AttachmentSettings } from '../engine';
import type { AttachedImage } from './attached';
import { attachedTo } from './attached';
import type { RequestedImage } from './collect/collect';
import { imageNotMirrorable, sameTarget } from './errors';
import type { ManifestStore } from './manifest-store';
import { manifestIn } from './manifest-store';
import type { ManifestNode, TreeReader } from './manifest-tree';
import { createTreeReader } from './manifest-tree';

export interface ResolvedBlob {
  readonly digest: Digest;
  readonly bytes: number;
  readonly source: MadeBlob | RemoteBlob;
  /** A layer that its registry need not have. */
  readonly foreign: boolean;
  /** An image that needs it, for messages. */
  readonly image: string;
}

export interface Resolution {
  /** In the configuration's order; what is attached to an image follows it. */
  readonly images: readonly MirroredImage[];
  /** Every blob of these images, those of the base included. */
  readonly blobs: ReadonlyMap<Digest, ResolvedBlob>;
  readonly links: readonly PlannedLink[];
  /** What registries refused to say of attachments, and was skipped: `quay.io/app: signature`. Sorted. */
  readonly refused: readonly string[];
}

interface ResolveOptions {
  readonly client: RegistryClient;
  readonly base: BlobSet;
  readonly store: ManifestStore;
  readonly attachments: AttachmentSettings;
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
 * @throws SEQ0411 for an image that lacks a manifest, SEQ0418 for an attachment that cannot be looked up or read
 * @throws SEQ0417 for an image that is neither OCI nor Docker schema 2
 * @throws SEQ05xx for what registries refuse or don't have
 */
export async function resolveImages(requests: readonly RequestedImage[], options: ResolveOptions): Promise<Resolution> {
  const trees = createTreeReader(options);
  const { parallelImages: limit, signal } = options;
  const refused = new Map<string, ErrorCode>();
  const resolved = await mapConcurrently(requests, { limit, signal }, async (request) => {
    const image = await resolveImage(request, { ...options, trees, refused });
    options.onImage?.(request.name);
    return image;
  });
  refuseSameTarget(resolved);
  return { ...resolutionOf(resolved, options), refused: [...refused.keys()].sort() };
}

async function resolveImage(
  request: RequestedImage,
  options: ResolveOptions & { readonly trees: TreeReader; readonly refused: Map<string, ErrorCode> },
): Promise<ResolvedImage> {
  const { reference, name } = request;
  const { trees } = options;
  try {
    const root =
      reference.digest === undefined ? await trees.treeOfTag(reference) : await trees.tree(reference.digest, reference);
    return { request, root, attached: await attachedTo(root, request, options) };
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

function resolutionOf(
  resolved: readonly ResolvedImage[],
  { store, signal }: Pick<ResolveOptions, 'store' | 'signal'>,
): Omit<Resolution, 'refused'> {
  const images = new Map<string, MirroredImage>();
  const blobs = new Map<Digest, ResolvedBlob>();
  const manifests = new Map<Digest, Pick<BlobRecord, 'mediaType' | 'refs'>>();

  const addTree = (
    { digest, bytes, mediaType, parts, children }: ManifestNode,
    request: RequestedImage,
    image: string,
  ): void => {
    const { host, repository } = request.reference;
    // Each once: an index may name another any number of times, three deep.
    if (manifests.has(digest)) return;
    // The same bytes can be a layer here and a manifest there; as a manifest they are at hand already.
    blobs.set(digest, { digest, bytes, source: manifestIn(store, { digest, bytes }), foreign: false, image });
    manifests.set(digest, { mediaType, refs: [...parts, ...children].map((ref) => ref.digest) });
    for (const { foreign = false, ...part } of parts) {
      const source = { bytes: part.bytes, repository: { host, repository } };
      if (!blobs.has(part.digest))
        blobs.set(part.digest, { digest: part.digest, bytes: part.bytes, source, foreign, image });
    }
    for (const child of children) addTree(child, request, image);
  };
  const addImage = (
    root: ManifestNode,
    request: RequestedImage,
    image: Pick<MirroredImage, 'source' | 'tag' | 'attachedTo'>,
    role?: string,
  ): void => {
    const { repository, name } = request;
    addTree(root, request, role === undefined ? name : `${name} (its ${role})`);
    // Two entries may share a target, and an image what is attached to it with another.
    const key = `${repository}:${image.tag} ${image.source}`;
    if (!images.has(key)) images.set(key, { kind: request.kind, digest: root.digest, repository, ...image });
  };
  for (const { request, root, attached } of resolved) {
    signal.throwIfAborted();
    addImage(root, request, { source: request.name, tag: request.tag });
    for (const { root: attachment, tag, about, role } of attached) {
      const { host, repository } = request.reference;
      const source = formatReference({ host, repository, tag });
      addImage(attachment, request, { source, tag, attachedTo: about }, role);
    }
  }
  return { images: [...images.values()], blobs, links: linksOf([...images.values()], manifests) };
}
