/** From images with known manifests to every blob, with its size and source. Sends no requests. */
import type { MadeBlob, RemoteBlob } from '../../archive/blob-source';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import type { ImageReference } from '../../oci/reference';
import { formatReference } from '../../oci/reference';
import type { MadeImage, RequestedImage } from './collect/collect';
import { sameTarget } from './errors';
import type { FoundImage } from './look-up';
import type { ManifestStore } from './manifest-store';
import { manifestIn } from './manifest-store';
import type { ManifestNode } from './manifest-tree';

export interface ResolvedBlob {
  readonly digest: Digest;
  readonly bytes: number;
  readonly source: MadeBlob | RemoteBlob;
  /** Whether it is a layer that its registry need not have. */
  readonly foreign: boolean;
  /** An image that needs it, for messages. */
  readonly image: string;
}

export interface Resolution {
  /** In the configuration's order; attachments follow their image. */
  readonly images: readonly MirroredImage[];
  /** Every blob of these images, including those of the base. */
  readonly blobs: ReadonlyMap<Digest, ResolvedBlob>;
  /** The parts of the manifests among these. */
  readonly manifests: ReadonlyMap<Digest, Pick<BlobRecord, 'mediaType' | 'refs'>>;
}

interface ResolveOptions {
  /** Where the manifests are kept. */
  readonly store: ManifestStore;
  readonly signal: AbortSignal;
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

/** @throws SEQ0413 when two different images would get the same repository and tag */
export function resolutionOf(
  found: readonly FoundImage[],
  made: readonly MadeImage[],
  { store, signal }: ResolveOptions,
): Resolution {
  refuseSameTarget([
    ...found.map(({ request: { name, repository, tag }, root }) => ({ name, repository, tag, root })),
    ...made.map(({ source, repository, tag, root }) => ({ name: source, repository, tag, root })),
  ]);
  const images = new Map<string, MirroredImage>();
  const blobs = new Map<Digest, ResolvedBlob>();
  const manifests = new Map<Digest, Pick<BlobRecord, 'mediaType' | 'refs'>>();

  const addTree = ({ digest, bytes, mediaType, parts, children }: ManifestNode, source: TreeSource): void => {
    const { content, image } = source;
    const { host, repository } = source.from;
    // Each once: an index may name another any number of times, three levels deep.
    if (manifests.has(digest)) return;
    // The same bytes can be a layer here and a manifest there; a manifest is here already.
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
    // Two entries may share a target, and an attachment may share one with another image.
    const key = `${image.repository}:${image.tag} ${image.source}`;
    if (!images.has(key)) images.set(key, image);
  };
  for (const { request, root, attached } of found) {
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
  return { images: [...images.values()], blobs, manifests };
}

/** The record of every blob. */
export function blobRecords({ blobs, manifests }: Pick<Resolution, 'blobs' | 'manifests'>): Map<Digest, BlobRecord> {
  return new Map([...blobs].map(([digest, { bytes }]) => [digest, { digest, bytes, ...manifests.get(digest) }]));
}
