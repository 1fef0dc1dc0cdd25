/** Compares what was found in archives with what the records say. Pure. */
import type { LinkEntry } from '../archive/archive-index';
import { linksOf } from '../archive/links';
import type { BlobRecord, BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { Finding } from '../system/errors';
import { brokenImage } from './broken-images';
import { blobsMissing, blobsUnknown, linksMissing, refsDiffer } from './errors';
import type { LinkPlace } from './images-of-base';
import type { BrokenImage } from './validation';

interface Found {
  /** Sound blobs. */
  readonly blobs: BlobSet;
  readonly links: readonly LinkEntry[];
  /** Names of damaged links: unpacked, they hide the sound ones of earlier sequences. */
  readonly damagedLinks: ReadonlySet<string>;
  /** Digests of damaged blobs. */
  readonly damaged: ReadonlySet<Digest>;
}

interface RecordedContent {
  readonly folder: string;
  readonly blobs: readonly BlobRecord[];
  readonly images: readonly MirroredImage[];
  /** Records of all blobs of these images, including those of earlier sequences. */
  readonly records: BlobSet;
}

/** Compares blobs, and what manifests say about themselves, with the inventory. */
export function compareBlobs(found: Found, { folder, blobs }: RecordedContent, { next }: { next: string }): Finding[] {
  const recorded = new Map(blobs.map((blob) => [blob.digest, blob]));
  const missing = blobs.filter(({ digest }) => !found.blobs.has(digest) && !found.damaged.has(digest));
  // Damaged blobs have a finding of their own.
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

/** Compares the links that the images need with those that are there. No link may lead elsewhere, whoever else has it. */
export function linkFindings(
  found: Pick<Found, 'links' | 'damagedLinks'>,
  {
    folder,
    images,
    records,
    placeOf,
  }: Pick<RecordedContent, 'folder' | 'images' | 'records'> & { placeOf: (image: MirroredImage) => LinkPlace },
  { next }: { next: string },
): { readonly findings: Finding[]; readonly broken: BrokenImage[] } {
  const links = new Map(found.links.map(({ name, target }) => [name, target]));
  const wrong = new Set<string>();
  const broken = images.filter((image) => {
    let isServed = true;
    const place = placeOf(image);
    for (const { name, digest } of linksOf([image], records)) {
      const actual = links.get(name);
      if (actual === digest) continue;
      const isWrongHere = actual !== undefined || found.damagedLinks.has(name);
      if (place === 'base' && !isWrongHere) continue;
      if (place === 'own' || isWrongHere) isServed = false;
      wrong.add(actual === undefined ? name : `${name} leads to ${actual}`);
    }
    return !isServed;
  });
  return {
    findings: wrong.size === 0 ? [] : [linksMissing({ folder, links: [...wrong].sort(), next })],
    broken: broken.map((image) => brokenImage(image, [])),
  };
}
