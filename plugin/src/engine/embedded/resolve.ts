/** From the images of a configuration to every blob, with its size and source, and every link. */
import type { MadeBlob, RemoteBlob } from '../../archive/blob-source';
import { linksOf } from '../../archive/links';
import type { PlannedLink } from '../../archive/plan';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import type { ImageReference } from '../../oci/reference';
import { formatReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { mapConcurrently } from '../../system/concurrency';
import type { ErrorCode } from '../../system/error-codes';
import { isSeqmirrorError } from '../../system/errors';
import type { AttachmentSettings } from '../engine';
import type { AttachedImage } from './attached';
import { attachedTo } from './attached';
import type { CollectedContent, MadeImage, RequestedImage } from './collect/collect';
import { imageNotMirrorable, sameTarget } from './errors';
import type { ManifestStore } from './manifest-store';
import { manifestIn } from './manifest-store';
import type { ManifestNode, TreeReader } from './manifest-tree';

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
  readonly trees: TreeReader;
  /** Where `trees` keeps the manifests that it reads. */
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
export async function resolveImages(
  { images, made }: Pick<CollectedContent, 'images' | 'made'>,
  options: ResolveOptions,
): Promise<Resolution> {
  const { parallelImages: limit, signal } = options;
  const refused = new Map<string, ErrorCode>();
  const resolved = await mapConcurrently(images, { limit, signal }, async (request) => {
    const image = await resolveImage(request, { ...options, refused });
    options.onImage?.(request.name);
    return image;
  });
  refuseSameTarget([
    ...resolved.map(({ request: { name, repository, tag }, root }) => ({ name, repository, tag, root })),
    ...made.map(({ source, repository, tag, root }) => ({ name: source, repository, tag, root })),
  ]);
  return { ...resolutionOf(resolved, made, options), refused: [...refused.keys()].sort() };
}

async function resolveImage(
  request: RequestedImage,
  options: ResolveOptions & { readonly refused: Map<string, ErrorCode> },
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

interface TargetedImage extends Pick<RequestedImage, 'name' | 'repository' | 'tag'> {
  readonly root: ManifestNode;
}

function refuseSameTarget(images: readonly TargetedImage[]): void {
  const taken = new Map<string, TargetedImage>();
  for (const image of images) {
    const { repository, tag, name, root } = image;
    const other = taken.get(`${repository}:${tag}`);
    if (other !== undefined && other.root.digest !== root.digest) {
      throw sameTarget({ first: other.name, second: name, repository, tag });
    }
    taken.set(`${repository}:${tag}`, image);
  }
}

/** Where the blobs of a tree come from. */
interface TreeSource {
  /** Blobs and manifests that were made. */
  readonly content?: MadeImage['content'] | undefined;
  /** The repository that has the others. */
  readonly from: ImageReference;
  /** An image that needs it, for messages. */
  readonly image: string;
}

function resolutionOf(
  resolved: readonly ResolvedImage[],
  made: readonly MadeImage[],
  { store, signal }: Pick<ResolveOptions, 'store' | 'signal'>,
): Omit<Resolution, 'refused'> {
  const images = new Map<string, MirroredImage>();
  const blobs = new Map<Digest, ResolvedBlob>();
  const manifests = new Map<Digest, Pick<BlobRecord, 'mediaType' | 'refs'>>();

  const addTree = ({ digest, bytes, mediaType, parts, children }: ManifestNode, source: TreeSource): void => {
    const { content, image } = source;
    const { host, repository } = source.from;
    // Each once: an index may name another any number of times, three deep.
    if (manifests.has(digest)) return;
    // The same bytes can be a layer here and a manifest there; as a manifest they are at hand already.
    const atHand = content?.get(digest) ?? manifestIn(store, { digest, bytes });
    blobs.set(digest, { digest, bytes, source: atHand, foreign: false, image });
    manifests.set(digest, { mediaType, refs: [...parts, ...children].map((ref) => ref.digest) });
    for (const { foreign = false, ...part } of parts) {
      if (blobs.has(part.digest)) continue;
      const remote = { bytes: part.bytes, repository: { host, repository } };
      blobs.set(part.digest, { ...part, source: content?.get(part.digest) ?? remote, foreign, image });
    }
    for (const child of children) addTree(child, source);
  };
  const addImage = (image: MirroredImage, root: ManifestNode, source: TreeSource): void => {
    addTree(root, source);
    // Two entries may share a target, and an image what is attached to it with another.
    const key = `${image.repository}:${image.tag} ${image.source}`;
    if (!images.has(key)) images.set(key, image);
  };
  for (const { request, root, attached } of resolved) {
    signal.throwIfAborted();
    const { kind, name, reference: from, repository, tag } = request;
    addImage({ kind, source: name, digest: root.digest, repository, tag }, root, { from, image: name });
    for (const { root: attachment, tag: attachedTag, about, role } of attached) {
      const source = formatReference({ host: from.host, repository: from.repository, tag: attachedTag });
      addImage(
        { kind, source, digest: attachment.digest, repository, tag: attachedTag, attachedTo: about },
        attachment,
        { from, image: `${name} (its ${role})` },
      );
    }
  }
  for (const { root, content, from, ...image } of made) {
    addImage({ ...image, digest: root.digest }, root, { content, from, image: image.source });
  }
  return { images: [...images.values()], blobs, links: linksOf([...images.values()], manifests) };
}
