/** What images and bytes a sequence adds, shares and drops, by kind of content. Pure. */
import type { BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { ImageKind, MirroredImage } from '../../oci/image';
import { imageKinds } from '../../oci/image';
import { closureOf } from '../../sequence/closure';

export interface Amount {
  /** The number of images, without attachments (signatures, attestations). `bytes` includes attachments. */
  readonly images: number;
  readonly bytes: number;
}

/**
 * The change since the previous sequence. An image is shared if name and digest are the same. If a tag points to
 * another digest, one image is added and one is dropped. Added blobs are not in the base, shared blobs are in the
 * base, and no image needs dropped blobs any more.
 */
export interface Changes {
  readonly added: Amount;
  readonly shared: Amount;
  readonly dropped: Amount;
}

export interface KindChanges extends Changes {
  readonly kind: ImageKind;
}

/** Images, and the known records of their blobs. */
export interface ImageContent {
  readonly images: readonly MirroredImage[];
  readonly blobs: BlobSet;
}

/**
 * The changes of each kind that has any. A blob that several kinds use counts once, with the first of them, so that the
 * kinds add up to the whole.
 *
 * @param base the blobs that need not be in the archives
 */
export function changesByKind(
  before: ImageContent,
  now: ImageContent,
  base: { has(digest: Digest): boolean },
): KindChanges[] {
  const [then, today] = [identitiesOf(before.images), identitiesOf(now.images)];
  const [blobsBefore, blobsNow] = [blobsByKind(before), blobsByKind(now)];
  const used = new Set(imageKinds.flatMap((kind) => blobsNow[kind]));
  return imageKinds.flatMap((kind) => {
    const images = { now: countedOf(now.images, kind), before: countedOf(before.images, kind) };
    const changes: KindChanges = {
      kind,
      added: {
        images: images.now.filter((image) => !then.has(identityOf(image))).length,
        bytes: sizeOf(now.blobs, blobsNow[kind], (digest) => !base.has(digest)),
      },
      shared: {
        images: images.now.filter((image) => then.has(identityOf(image))).length,
        bytes: sizeOf(now.blobs, blobsNow[kind], (digest) => base.has(digest)),
      },
      dropped: {
        images: images.before.filter((image) => !today.has(identityOf(image))).length,
        bytes: sizeOf(before.blobs, blobsBefore[kind], (digest) => !used.has(digest)),
      },
    };
    return images.now.length + images.before.length === 0 ? [] : [changes];
  });
}

/** All kinds together. */
export function totalOf(changes: readonly Changes[]): Changes {
  const sum = (of: (changes: Changes) => Amount): Amount => ({
    images: changes.reduce((total, each) => total + of(each).images, 0),
    bytes: changes.reduce((total, each) => total + of(each).bytes, 0),
  });
  return {
    added: sum(({ added }) => added),
    shared: sum(({ shared }) => shared),
    dropped: sum(({ dropped }) => dropped),
  };
}

/** The blobs of each kind that no kind before it has. */
function blobsByKind({ images, blobs }: ImageContent): Record<ImageKind, readonly Digest[]> {
  const seen = new Set<Digest>();
  const found: Record<ImageKind, readonly Digest[]> = { release: [], operator: [], additional: [], helm: [] };
  for (const kind of imageKinds) {
    const roots = images.filter((image) => image.kind === kind).map(({ digest }) => digest);
    found[kind] = [...closureOf(roots, blobs).blobs.keys()].filter((digest) => !seen.has(digest));
    for (const digest of found[kind]) seen.add(digest);
  }
  return found;
}

function sizeOf(blobs: BlobSet, digests: readonly Digest[], counts: (digest: Digest) => boolean): number {
  return digests.reduce((sum, digest) => sum + (counts(digest) ? (blobs.get(digest)?.bytes ?? 0) : 0), 0);
}

/** An image under two tags counts twice. */
function countedOf(images: readonly MirroredImage[], kind: ImageKind): MirroredImage[] {
  return images.filter((image) => image.kind === kind && image.attachedTo === undefined);
}

function identitiesOf(images: readonly MirroredImage[]): ReadonlySet<string> {
  return new Set(images.map(identityOf));
}

function identityOf({ kind, source, digest, repository, tag }: MirroredImage): string {
  return [kind, source, digest, repository, tag].join(' ');
}
