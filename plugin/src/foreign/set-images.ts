/**
 * The images of archives that were made without seqmirror: those that the configuration asks for, and others that the
 * archives hold whole under a tag. An archive has the tags of everything in oc-mirror's cache, including other
 * configurations; a tag whose manifest is missing belongs to one of those.
 */
import type { LinkEntry } from '../archive/archive-index';
import { isAttachmentTag, signaturesAmong, signaturesOf } from '../oci/attached-images';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { ImageKind, MirroredImage, TagDigests } from '../oci/image';
import { kindOf as kindOfManifest } from '../oci/media-types';
import { isReleaseRepository } from '../release/release-images';
import { printable } from '../system/printable';
import type { ExpectedContent } from './expected-content';
import type { ExpectedImage } from './expected-image';

export interface ImagesOfSet {
  readonly images: readonly MirroredImage[];
  /** Images of the configuration without a tag: only their names are known. */
  readonly absent: readonly ExpectedImage[];
}

/** `ubi9/ubi:9.5` → root digest, for every tag in archives. */
export function tagsIn(links: readonly LinkEntry[]): TagDigests {
  return new Map(
    links.flatMap((link) => (link.link === 'tag' ? [[`${link.repository}:${link.tag}`, link.target] as const] : [])),
  );
}

export function imagesOfSet({
  expected,
  tags,
  own,
  base,
}: {
  expected: Pick<ExpectedContent, 'images' | 'catalogs' | 'unknown'>;
  tags: TagDigests;
  /** Blobs of the sequence's own archives, and of the sequences before it. */
  own: ReadonlyMap<Digest, BlobRecord>;
  base: ReadonlyMap<Digest, BlobRecord>;
}): ImagesOfSet {
  const images: MirroredImage[] = [];
  const absent: ExpectedImage[] = [];
  for (const wanted of expected.images) {
    const { kind, source, repository, tag } = wanted;
    const digest = tags.get(`${repository}:${tag}`);
    if (digest === undefined) absent.push(wanted);
    else images.push({ kind, source: recordable(source) ?? `${repository}:${tag}`, digest, repository, tag });
  }
  // Signatures that are missing were not mirrored.
  const signatures = signaturesAmong(new Map([...tags].filter(([, digest]) => own.has(digest) || base.has(digest))));
  const childrenOf = (digest: Digest) => manifestsIn(own.get(digest) ?? base.get(digest));
  const all = [...images, ...othersHeld({ images, expected, tags, own })];
  return { images: [...all, ...signaturesOf(all, { signatures, childrenOf })], absent };
}

/**
 * Tags that the configuration does not ask for and whose manifests are here; another name of an image that it does ask
 * for is left out.
 */
function othersHeld({
  images,
  expected,
  tags,
  own,
}: {
  images: readonly MirroredImage[];
  expected: Pick<ExpectedContent, 'catalogs' | 'unknown'>;
  tags: TagDigests;
  own: ReadonlyMap<Digest, BlobRecord>;
}): MirroredImage[] {
  const places = new Set(images.map(({ repository, tag }) => `${repository}:${tag}`));
  const known = new Set(images.map(({ repository, digest }) => `${repository}@${digest}`));
  const catalogs = new Set(expected.catalogs.map(({ repository }) => repository));
  const others: MirroredImage[] = [];
  for (const [place, digest] of tags) {
    const colon = place.lastIndexOf(':');
    const [repository, tag] = [place.slice(0, colon), place.slice(colon + 1)];
    if (places.has(place) || known.has(`${repository}@${digest}`) || isAttachmentTag(tag)) continue;
    if (own.get(digest)?.mediaType === undefined) continue;
    const kind = kindOf(repository, { catalogs, unknown: expected.unknown });
    const source = /^sha256-[0-9a-f]{64}$/.test(tag) ? `${repository}@${tag.replace('-', ':')}` : place;
    others.push({ kind, source, digest, repository, tag });
  }
  return others;
}

function kindOf(
  repository: string,
  { catalogs, unknown }: { catalogs: ReadonlySet<string>; unknown: ReadonlySet<ImageKind> },
): ImageKind {
  if (isReleaseRepository(repository)) return 'release';
  if (catalogs.has(repository)) return 'operator';
  return (['operator', 'helm'] as const).find((kind) => unknown.has(kind)) ?? 'additional';
}

/** The manifests of an index. A manifest's own config and layers are never signed by themselves. */
function manifestsIn(record: BlobRecord | undefined): readonly Digest[] {
  return kindOfManifest(record?.mediaType) === 'index' ? (record?.refs ?? []) : [];
}

/** A name that a record may hold. */
function recordable(source: string): string | undefined {
  return source.length <= 1000 &&
    printable(source, { limit: 1000 }) === source &&
    source.trim() === source &&
    source !== ''
    ? source
    : undefined;
}
