/** What archives were found to hold, beside what the records say that they hold. Pure. */
import type { LinkEntry } from '../archive/archive-index';
import { linksOf } from '../archive/links';
import type { BlobRecord, BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { Finding } from '../system/errors';
import { brokenImage } from './broken-images';
import { blobsMissing, blobsUnknown, linksMissing, refsDiffer } from './errors';
import type { BrokenImage } from './validation';

interface Found {
  /** Sound ones. */
  readonly blobs: BlobSet;
  readonly links: readonly LinkEntry[];
  /** Names of links that are there and damaged: unpacked, they hide the sound ones of earlier sequences. */
  readonly damagedLinks: ReadonlySet<string>;
  /** Digests of blobs that are there and damaged. */
  readonly damaged: ReadonlySet<Digest>;
}

interface RecordedContent {
  readonly folder: string;
  readonly blobs: readonly BlobRecord[];
  readonly images: readonly MirroredImage[];
  /** Records of all blobs of these images, those of earlier sequences included. */
  readonly records: BlobSet;
}

/** Blobs, and what manifests say of themselves, beside the inventory. */
export function compareBlobs(found: Found, { folder, blobs }: RecordedContent, { next }: { next: string }): Finding[] {
  const recorded = new Map(blobs.map((blob) => [blob.digest, blob]));
  const missing = blobs.filter(({ digest }) => !found.blobs.has(digest) && !found.damaged.has(digest));
  // Damaged ones have a finding of their own.
  const unknown = [...found.blobs.keys()].filter((digest) => !recorded.has(digest));
  const other = blobs.filter((blob) => {
    const actual = found.blobs.get(blob.digest);
    return actual !== undefined && !isSameBlob(actual, blob);
  });
  const digests = (some: readonly { digest: Digest }[]) => some.map(({ digest }) => digest);
  return [
    ...(missing.length === 0 ? [] : [blobsMissing({ folder, digests: digests(missing), next })]),
    ...(unknown.length === 0 ? [] : [blobsUnknown({ folder, digests: unknown, next })]),
    ...(other.length === 0 ? [] : [refsDiffer({ folder, digests: digests(other), next })]),
  ];
}

function isSameBlob(a: BlobRecord, b: BlobRecord): boolean {
  return a.bytes === b.bytes && a.mediaType === b.mediaType && (a.refs ?? []).join() === (b.refs ?? []).join();
}

/**
 * The links that the images need, beside those that are there. An image that an earlier sequence brought is served by
 * its links too, unless these here lead elsewhere.
 */
export function linkFindings(
  found: Pick<Found, 'links' | 'damagedLinks'>,
  {
    folder,
    images,
    records,
    isNew,
  }: Pick<RecordedContent, 'folder' | 'images' | 'records'> & { isNew: (image: MirroredImage) => boolean },
  { next }: { next: string },
): { readonly findings: Finding[]; readonly broken: BrokenImage[] } {
  const links = new Map(found.links.map(({ name, target }) => [name, target]));
  const wrong = new Set<string>();
  const broken = images.filter((image) => {
    let isServed = true;
    for (const { name, digest } of linksOf([image], records)) {
      const actual = links.get(name);
      if (actual === digest) continue;
      if (actual !== undefined || isNew(image) || found.damagedLinks.has(name)) isServed = false;
      wrong.add(actual === undefined ? name : `${name} leads to ${actual}`);
    }
    return !isServed;
  });
  return {
    findings: wrong.size === 0 ? [] : [linksMissing({ folder, links: [...wrong].sort(), next })],
    broken: broken.map((image) => brokenImage(image, [])),
  };
}
