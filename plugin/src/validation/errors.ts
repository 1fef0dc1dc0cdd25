import type { FrameDifference } from '../archive/frame/frame';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { cutDetails, explain, finding, warning } from '../system/errors';
import { printable } from '../system/printable';
import type { FoundSecret } from './secrets';
import type { BrokenImage } from './validation';

/** How a sequence's archives are reissued, as a command or a sentence. */
export type Remedy = string;

export const archivesNotHere = warning<{
  folder: string;
  copies: readonly string[];
  next: Remedy;
}>('SEQ0302', ({ folder, copies, next }) => ({
  what: `The archives of ${folder} are not on this machine`,
  why: 'seqmirror has checked only the records of this sequence, not its archives',
  ...(copies.length === 0 ? {} : { details: copies.map((copy) => `a copy: ${printable(copy)}`) }),
  next,
}));

/** A prune was stopped, or somebody brought a part back. */
export const retiredInPart = warning<{ folder: string; left: readonly string[]; mirror: string }>(
  'SEQ0266',
  ({ folder, left, mirror }) => ({
    what: `${folder} is retired, but ${counted(left.length, 'archive')} of it ${left.length === 1 ? 'is' : 'are'} still on this machine`,
    details: cutDetails(left.map((name) => printable(name))),
    why: 'A run of prune was stopped before its end. seqmirror did not check these archives',
    next: `Delete these archives with a new plan: nx run ${mirror}:prune`,
  }),
);

/** Sealed without images that `allowMissing` named. */
export const imagesAllowedMissing = warning<{ folder: string; images: readonly string[] }>(
  'SEQ0339',
  ({ folder, images }) => ({
    what: `${folder} was sealed without ${counted(images.length, 'image')} of its configuration`,
    why: 'These images could not be mirrored, and `allowMissing` in sequence.yaml names them',
    details: cutDetails(images.map((image) => printable(image))),
    next: 'Remove images that no longer exist from the configuration. The next sequence tries to mirror the other images again',
  }),
);

export const archiveMissing = finding<{
  folder: string;
  archive: string;
  bytes: number;
  details: readonly string[];
  next: Remedy;
}>('SEQ0302', ({ folder, archive, bytes, details, next }) => ({
  what: `${printable(archive)} of ${folder} is missing (${formatBytes(bytes)})`,
  why: 'Without this archive, an upload with oc-mirror ends with "manifest unknown" or "blob unknown"',
  details: cutDetails(details),
  next,
}));

const mostImagesTold = 8;

/** A finding for each of the first images that lack a blob, and one for the rest. */
export function incompleteImages(facts: {
  folder: string;
  images: readonly BrokenImage[];
  /** Where the damaged blobs are; the others are missing. */
  places: ReadonlyMap<string, string>;
  next: Remedy;
}): Finding[] {
  const { folder, places, next } = facts;
  const images = facts.images.filter(({ lacking }) => lacking.length > 0);
  const rest = images.length - mostImagesTold;
  return [
    ...images.slice(0, mostImagesTold).map((image) => imageIncomplete({ folder, image, places, next })),
    ...(rest > 0 ? [moreImagesIncomplete({ folder, count: rest, next })] : []),
  ];
}

const imageIncomplete = finding<{
  folder: string;
  image: BrokenImage;
  places: ReadonlyMap<string, string>;
  next: Remedy;
}>('SEQ0303', ({ folder, image, places, next }) => {
  const operators = image.operators.map((name) => printable(name)).join(', ');
  return {
    what: `${folder}: ${printable(image.source)}${operators === '' ? '' : ` (operator ${operators})`} is not complete`,
    why: 'An upload would fail, or would leave out this image',
    details: cutDetails(
      image.lacking.map((digest) => `${digest} ${places.get(digest) ?? 'is in no archive that was checked'}`),
    ),
    next,
  };
});

const moreImagesIncomplete = finding<{
  folder: string;
  count: number;
  next: Remedy;
}>('SEQ0303', ({ folder, count, next }) => ({
  what: `${folder}: ${counted(count, 'more image')} ${count === 1 ? 'is' : 'are'} not complete`,
  why: 'This message lists only the first images. --json lists all images',
  next,
}));

/** The whole file differs from SHA256SUMS. */
export const archiveChanged = finding<{
  folder: string;
  archive: string;
  expected: string;
  actual: string;
  hint: string | undefined;
  next: Remedy;
}>('SEQ0311', ({ folder, archive, expected, actual, hint, next }) => ({
  what: `${printable(archive)} of ${folder} is not the archive that was sealed`,
  why: hint ?? 'The archive was changed or damaged after it was sealed',
  details: [`sealed: sha256:${expected}`, `found: sha256:${actual}`],
  next,
}));

/** Everything except blobs: headers, links, working-dir, padding. */
export const frameChanged = finding<{
  folder: string;
  archive: string;
  hint: string | undefined;
  difference: FrameDifference | undefined;
  next: Remedy;
}>('SEQ0312', ({ folder, archive, hint, difference, next }) => {
  const where = difference?.entry === undefined ? 'a header, a link or padding' : printable(difference.entry);
  return {
    what: `${printable(archive)} of ${folder} was changed outside its blobs`,
    why: hint ?? 'A tar header, a link, a file of working-dir or padding was changed after it was sealed',
    details: difference === undefined ? undefined : [`the first changed byte is at ${difference.offset}, in ${where}`],
    next,
  };
});

export const blobsMissing = finding<{
  folder: string;
  digests: readonly string[];
  next: Remedy;
}>('SEQ0313', ({ folder, digests, next }) => ({
  what: `${folder}: no archive contains ${counted(digests.length, 'blob')} of its inventory`,
  why: 'The archives in this folder are not the sealed archives, or some archives are missing',
  details: cutDetails(digests),
  next,
}));

export const blobsUnknown = finding<{
  folder: string;
  digests: readonly string[];
  next: Remedy;
}>('SEQ0314', ({ folder, digests, next }) => ({
  what: `${folder}: its archives contain ${counted(digests.length, 'blob')} that ${digests.length === 1 ? 'is' : 'are'} not in its inventory`,
  why: 'One of the archives belongs to another sequence or mirror, or another tool made the archives again',
  details: cutDetails(digests),
  next,
}));

export const linksMissing = finding<{
  folder: string;
  links: readonly string[];
  next: Remedy;
}>('SEQ0315', ({ folder, links, next }) => ({
  what: `${folder}: ${counted(links.length, 'link')} that its images need ${links.length === 1 ? 'is' : 'are'} missing or wrong`,
  why: 'oc-mirror unpacks the archives into a local registry, which finds blobs only by these links',
  details: cutDetails(links),
  next,
}));

export const secretTravels = finding<{
  place: string;
  secrets: readonly FoundSecret[];
  next: string;
}>('SEQ0317', ({ place, secrets, next }) => ({
  what: `${printable(place)} contains a secret`,
  why: 'Anyone who gets the medium can read the secret',
  details: secrets.map(({ what, line }) => `line ${line}: ${what} (not shown)`),
  next,
}));

export const archiveUnexpected = finding<{ folder: string; file: string }>('SEQ0318', ({ folder, file }) => ({
  what: `${folder} contains the archive ${printable(file)}, which its records do not list`,
  why: 'oc-mirror reads every file whose name contains mirror_<six digits>.tar, even if other characters follow',
  next: 'Move the file out of the folder, and find out where the file comes from',
}));

export const archiveSizeDiffers = finding<{
  folder: string;
  archive: string;
  expected: number;
  actual: number;
  next: Remedy;
}>('SEQ0319', ({ folder, archive, expected, actual, next }) => ({
  what: `${printable(archive)} of ${folder} has ${actual} bytes; the sealed archive has ${expected}`,
  why:
    actual < expected
      ? 'The archive was cut off, or it is another archive'
      : 'Data was added to the archive, or it is another archive',
  next,
}));

export const refsDiffer = finding<{
  folder: string;
  digests: readonly string[];
  next: Remedy;
}>('SEQ0320', ({ folder, digests, next }) => ({
  what: `${folder}: its inventory contradicts ${counted(digests.length, 'manifest')} in the archives`,
  why: 'Somebody forged the inventory, or a faulty program made it. The seal cannot show this error, since the seal is computed from the inventory',
  details: cutDetails(digests),
  next,
}));

export const neededSequenceBroken = finding<{
  folder: string;
  needs: readonly string[];
}>('SEQ0321', ({ folder, needs }) => ({
  what: `${folder} needs ${needs.join(', ')}, which ${needs.length === 1 ? 'is' : 'are'} broken`,
  why: 'Only --depth=deep can tell whether the damage affects this sequence',
  next: 'Repair these needed sequences first, or validate with --depth=deep',
}));

export const sealOfAnotherChain = finding<{
  folder: string;
  found: string;
  expected: string;
  mirror: string;
}>('SEQ0236', ({ folder, found, expected, mirror }) => ({
  what: `${folder} has the seal ${found} in this folder, but ${expected} in ${mirror}`,
  why: 'The folder belongs to another mirror, or is from the time before the sequence was voided and mirrored again',
  next: 'Find out which of the two sequences is right, and do not send the other sequence',
}));

export const nothingToValidate = explain<{ path: string }>('SEQ0237', ({ path }) => ({
  what: `${printable(path)} contains nothing to validate`,
  why: 'The folder has no seqmirror.yaml, no folders seq<number>-<name> with records, and no archives mirror_<six digits>.tar',
  next: 'Check that the disk is mounted, and name the folder with the archives or the sequences: --path=<folder>',
}));

export const nothingToSample = explain<{ path: string }>('SEQ0237', ({ path }) => ({
  what: `--sample cannot check ${printable(path)}, which has archives without records, or is a bundle`,
  why: '--sample chooses sequences of a chain by the dates in their custody.yaml',
  next: 'Leave out --sample',
}));

export const nothingSealedToValidate = explain<{ mirror: string }>('SEQ0237', ({ mirror }) => ({
  what: `${printable(mirror)} has no sealed sequence yet`,
  why: 'Only sealed sequences have records and archives that can be validated',
  next: `nx run ${mirror}:latest`,
}));

export const noSumsToCompare = finding<{ folder: string }>('SEQ0238', ({ folder }) => ({
  what: `${folder} has no SHA256SUMS with which its archives could be compared`,
  why: 'oc-mirror does not write a SHA256SUMS',
  next: 'Use --depth=deep, which needs no SHA256SUMS: it compares each blob with its own digest',
}));

/** Images that a sequence cannot complete because sequences that it builds on are damaged. */
export const imagesAffected = finding<{
  folder: string;
  images: readonly BrokenImage[];
  because: readonly string[];
  next: Remedy;
}>('SEQ0303', ({ folder, images, because, next }) => ({
  what: `${folder}: ${counted(images.length, 'image')} ${images.length === 1 ? 'is' : 'are'} not complete, because of ${because.join(', ')}`,
  why: 'The archives of this sequence are undamaged. Archives of its base lack blobs or links that these images need',
  details: cutDetails(images.map(({ source }) => printable(source))),
  next,
}));

export const requestedImageMissing = finding<{
  folder: string;
  images: readonly string[];
}>('SEQ0322', ({ folder, images }) => ({
  what: `${folder}: ${counted(images.length, 'image')} of its imageset configuration ${images.length === 1 ? 'is' : 'are'} not in its archives`,
  why: 'No tag in the archives names these images',
  details: cutDetails(images.map((image) => printable(image))),
  next: 'Look for the images in earlier archives of this folder. If no archive contains the images, oc-mirror has left them out. Then mirror the configuration again',
}));

export const shippedEarlier = warning<{
  folder: string;
  blobs: number;
  bytes?: number | undefined;
  since: string | undefined;
}>('SEQ0303', ({ folder, blobs, since }) => ({
  what: `${folder}: ${counted(blobs, 'blob')} that its images need ${blobs === 1 ? 'is' : 'are'} not in these archives`,
  why: `The history of oc-mirror${since === undefined ? '' : ` (${printable(since)})`} says that earlier archives of this folder had these blobs`,
  next: 'Upload the earlier archives first, with the same cache of oc-mirror',
}));
