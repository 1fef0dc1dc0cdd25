/** Every image of chosen sequences: what it is, since when it is in the chain, and what was mirrored with it. */
import type { MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { readInventory } from '../mirror/records';
import { sealedUpTo } from '../mirror/sealed-chain';
import type { Digest } from '../oci/digest';
import type { ImageKind, MirroredImage } from '../oci/image';
import { imageKinds } from '../oci/image';
import { applyImageChanges, identityOf } from '../sequence/images';
import { appendTo } from '../system/append-to';

/** The images of one sequence. */
export interface SequenceContent {
  readonly number: number;
  readonly folder: string;
  /** Attached ones are with their images. Sorted by kind and source. */
  readonly images: readonly ImageOnRecord[];
  /** Sources that the sequence before had, and this one does not. */
  readonly removed: readonly string[];
}

/** An image as the records describe it. */
export interface ImageOnRecord {
  readonly kind: ImageKind;
  readonly source: string;
  readonly digest: Digest;
  readonly repository: string;
  readonly tag: string;
  /** The number of the sequence that brought it. */
  readonly since: number;
  /** Against the sequence before; `updated`: under this tag it had another image. */
  readonly change: 'added' | 'updated' | 'unchanged';
  /** What was mirrored with it, for it or for a manifest in it. */
  readonly attached: readonly Attached[];
}

/** A signature or the like that is attached to an image. */
export interface Attached {
  readonly tag: string;
  readonly digest: Digest;
}

/**
 * The images of sealed sequences, in their order, by inventories alone.
 *
 * @param numbers sequences that are not sealed are left out
 * @throws SEQ021x for an inventory that cannot be read
 *
 * @example
 * ```ts
 * const [content] = await sequenceContents(location, [2]);
 * console.log(content?.images.length);
 * ```
 */
export async function sequenceContents(
  location: MirrorLocation,
  numbers: Iterable<number>,
): Promise<SequenceContent[]> {
  const wanted = new Set(numbers);
  const mirror = await openMirror(location);
  const entries = sealedUpTo(mirror, await readChain(mirror)).filter(({ number }) => number <= Math.max(...wanted));
  const contents: SequenceContent[] = [];
  const since = new Map<string, number>();
  const refs = new Map<Digest, readonly Digest[]>();
  let images: readonly MirroredImage[] = [];
  for (const { number, folder } of entries) {
    const inventory = await readInventory(mirror, folder);
    const before = images;
    images = applyImageChanges(images, inventory.images);
    for (const image of inventory.images) since.set(identityOf(image), number);
    for (const blob of inventory.blobs) if (blob.refs !== undefined) refs.set(blob.digest, blob.refs);
    if (wanted.has(number)) contents.push({ number, folder, ...contentOf({ number, before, images, since, refs }) });
  }
  return contents;
}

function contentOf({
  number,
  before,
  images,
  since,
  refs,
}: {
  readonly number: number;
  readonly before: readonly MirroredImage[];
  readonly images: readonly MirroredImage[];
  readonly since: ReadonlyMap<string, number>;
  readonly refs: ReadonlyMap<Digest, readonly Digest[]>;
}): Pick<SequenceContent, 'images' | 'removed'> {
  const attachments = new Map<Digest, Attached[]>();
  for (const { attachedTo, tag, digest } of images)
    if (attachedTo !== undefined) appendTo(attachments, attachedTo, { tag, digest });
  const tagsBefore = new Set(before.map(nameOf));
  const found = images
    .filter(({ attachedTo }) => attachedTo === undefined)
    .map((image): ImageOnRecord => {
      const from = since.get(identityOf(image)) ?? number;
      const { kind, source, digest, repository, tag } = image;
      const attached = [digest, ...(refs.get(digest) ?? [])].flatMap((about) => attachments.get(about) ?? []);
      const change = from < number ? 'unchanged' : tagsBefore.has(nameOf(image)) ? 'updated' : 'added';
      return { kind, source, digest, repository, tag, since: from, change, attached };
    });
  const sources = new Set(images.map(({ source }) => source));
  const removed = before.filter(({ source, attachedTo }) => attachedTo === undefined && !sources.has(source));
  return { images: found.sort(inOrder), removed: [...new Set(removed.map(({ source }) => source))].sort() };
}

function inOrder(one: ImageOnRecord, other: ImageOnRecord): number {
  const byKind = imageKinds.indexOf(one.kind) - imageKinds.indexOf(other.kind);
  if (byKind !== 0) return byKind;
  return nameOf(one) < nameOf(other) ? -1 : 1;
}

/** What stays the same when a tag moves. */
function nameOf({
  kind,
  source,
  repository,
  tag,
}: Pick<MirroredImage, 'kind' | 'source' | 'repository' | 'tag'>): string {
  return [kind, source, repository, tag].join(' ');
}
