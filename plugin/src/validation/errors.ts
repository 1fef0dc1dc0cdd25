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
  why: 'Its records were checked; what its archives hold was not, so that nothing is proven',
  ...(copies.length === 0 ? {} : { details: copies.map((copy) => `a copy: ${printable(copy)}`) }),
  next,
}));

/** Sealed without images that `allowMissing` named. */
export const imagesAllowedMissing = warning<{ folder: string; images: readonly string[] }>(
  'SEQ0339',
  ({ folder, images }) => ({
    what: `${folder} was sealed without ${counted(images.length, 'image')} of its configuration`,
    why: '`allowMissing` in its sequence.yaml named them, and they could not be mirrored then',
    details: cutDetails(images.map((image) => printable(image))),
    next: 'The next sequence asks for them again; remove them from the configuration where they are gone for good',
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
  why: 'oc-mirror takes what archives it finds, and ends in "manifest unknown" or "blob unknown" for what was in this one',
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
    why: 'Its upload would fail, or leave it out',
    details: cutDetails(
      image.lacking.map((digest) => `${digest} ${places.get(digest) ?? 'is in no archive that was looked at'}`),
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
  why: '--json lists all of them',
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
  what: `${printable(archive)} of ${folder} is not what was sealed`,
  why: hint ?? 'It was changed or damaged after it was sealed',
  details: [`recorded sha256:${expected}`, `found sha256:${actual}`],
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
    what: `${printable(archive)} of ${folder} is not what was sealed, outside its blobs`,
    why: hint ?? 'A tar header, a link, a file of working-dir or padding was changed after it was sealed',
    details:
      difference === undefined ? undefined : [`the first byte that differs is at ${difference.offset}, in ${where}`],
    next,
  };
});

export const blobsMissing = finding<{
  folder: string;
  digests: readonly string[];
  next: Remedy;
}>('SEQ0313', ({ folder, digests, next }) => ({
  what: `${folder}: ${counted(digests.length, 'blob')} of its inventory ${digests.length === 1 ? 'is' : 'are'} in none of its archives`,
  why: 'The archives are not those that were sealed, or not all of them',
  details: cutDetails(digests),
  next,
}));

export const blobsUnknown = finding<{
  folder: string;
  digests: readonly string[];
  next: Remedy;
}>('SEQ0314', ({ folder, digests, next }) => ({
  what: `${folder}: its archives hold ${counted(digests.length, 'blob')} that ${digests.length === 1 ? 'is' : 'are'} not in its inventory`,
  why: 'An archive of another sequence or another mirror lies among them, or they were made again by hand',
  details: cutDetails(digests),
  next,
}));

export const linksMissing = finding<{
  folder: string;
  links: readonly string[];
  next: Remedy;
}>('SEQ0315', ({ folder, links, next }) => ({
  what: `${folder}: ${counted(links.length, 'link')} that its images need ${links.length === 1 ? 'is' : 'are'} missing or wrong`,
  why: 'Without them the registry that oc-mirror makes of the archives does not find blobs that are there',
  details: cutDetails(links),
  next,
}));

export const secretTravels = finding<{
  place: string;
  secrets: readonly FoundSecret[];
  next: string;
}>('SEQ0317', ({ place, secrets, next }) => ({
  what: `${printable(place)} carries a secret`,
  why: 'Whoever gets the disk can read it',
  details: secrets.map(({ what, line }) => `line ${line}: ${what} (not shown)`),
  next,
}));

export const archiveUnexpected = finding<{ folder: string; file: string }>('SEQ0318', ({ folder, file }) => ({
  what: `${folder} has no archive ${printable(file)}, and there is one`,
  why: 'oc-mirror reads every file whose name contains mirror_<six digits>.tar, whatever follows',
  next: 'Move it out of the folder, and find out where it comes from',
}));

export const archiveSizeDiffers = finding<{
  folder: string;
  archive: string;
  expected: number;
  actual: number;
  next: Remedy;
}>('SEQ0319', ({ folder, archive, expected, actual, next }) => ({
  what: `${printable(archive)} of ${folder} has ${actual} bytes; ${expected} were sealed`,
  why: actual < expected ? 'It was cut, or is another archive' : 'It grew, or is another archive',
  next,
}));

export const refsDiffer = finding<{
  folder: string;
  digests: readonly string[];
  next: Remedy;
}>('SEQ0320', ({ folder, digests, next }) => ({
  what: `${folder}: its inventory says of ${counted(digests.length, 'manifest')} something else than the manifest itself`,
  why: 'The inventory was forged or made by a program with a fault; a seal alone cannot tell',
  details: cutDetails(digests),
  next,
}));

export const neededSequenceBroken = finding<{
  folder: string;
  needs: readonly string[];
}>('SEQ0321', ({ folder, needs }) => ({
  what: `${folder} needs ${needs.join(', ')}, which ${needs.length === 1 ? 'is' : 'are'} broken`,
  why: 'Whether what it needs of them is affected, only deep validation tells',
  next: 'Repair those first, or validate with --depth=deep',
}));

export const sealOfAnotherChain = finding<{
  folder: string;
  found: string;
  expected: string;
  mirror: string;
}>('SEQ0236', ({ folder, found, expected, mirror }) => ({
  what: `${folder} here has the seal ${found}; in ${mirror} it has ${expected}`,
  why: 'It is of another mirror, or of the time before it was made void and mirrored again',
  next: 'Check which of the two you mean to carry',
}));

export const nothingToValidate = explain<{ path: string }>('SEQ0237', ({ path }) => ({
  what: `${printable(path)} holds nothing that could be validated`,
  why: 'Neither a mirror, nor folders seq<number>-<name> with records, nor archives mirror_<six digits>.tar',
  next: 'Check that the disk is mounted, and name the folder that holds the archives or the sequences: --path=<folder>',
}));

export const nothingToSample = explain<{ path: string }>('SEQ0237', ({ path }) => ({
  what: `${printable(path)} holds archives without records, or a bundle, which --sample cannot check`,
  why: 'A sample chooses among the sequences of a chain by their custody.yaml',
  next: 'Leave out --sample',
}));

export const nothingSealedToValidate = explain<{ mirror: string }>('SEQ0237', ({ mirror }) => ({
  what: `Nothing of ${printable(mirror)} is sealed yet`,
  why: 'Only sealed sequences have records and archives that can be validated',
  next: `nx run ${mirror}:latest`,
}));

export const noSumsToCompare = finding<{ folder: string }>('SEQ0238', ({ folder }) => ({
  what: `${folder} has no SHA256SUMS that its archives could be compared with`,
  why: 'oc-mirror writes none',
  next: '--depth=deep needs none: it hashes each blob against its own name',
}));

/** Images that a sequence cannot complete because sequences that it builds on are damaged. */
export const imagesAffected = finding<{
  folder: string;
  images: readonly BrokenImage[];
  because: readonly string[];
  next: Remedy;
}>('SEQ0303', ({ folder, images, because, next }) => ({
  what: `${folder}: ${counted(images.length, 'image')} ${images.length === 1 ? 'is' : 'are'} not complete, because of ${because.join(', ')}`,
  why: 'Its own archives are not what is wrong; those that it builds on lack blobs or links that it needs',
  details: cutDetails(images.map(({ source }) => printable(source))),
  next,
}));

export const requestedImageMissing = finding<{
  folder: string;
  images: readonly string[];
}>('SEQ0322', ({ folder, images }) => ({
  what: `${folder}: ${counted(images.length, 'image')} of its imageset configuration ${images.length === 1 ? 'is' : 'are'} not in its archives`,
  why: 'No tag in them leads to it',
  details: cutDetails(images.map((image) => printable(image))),
  next: 'Look for them in earlier archives of this folder; if they are not there, oc-mirror left them out by an error: mirror again',
}));

export const shippedEarlier = warning<{
  folder: string;
  blobs: number;
  bytes?: number | undefined;
  since: string | undefined;
}>('SEQ0303', ({ folder, blobs, since }) => ({
  what: `${folder}: ${counted(blobs, 'blob')} that its images need ${blobs === 1 ? 'is' : 'are'} not in these archives`,
  why: `oc-mirror's history${since === undefined ? '' : ` (${printable(since)})`} says that earlier archives of this folder had them`,
  next: 'Upload those earlier archives first, into the same cache',
}));
