import type { FrameDifference } from '../archive/frame/frame';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { FoundSecret } from './secrets';
import type { BrokenImage } from './validation';

/** How a sequence's archives are mended, as a command or a sentence. */
export type Mending = string;

const mostDetails = 20;

export function cutDetails(details: readonly string[]): string[] {
  if (details.length <= mostDetails) return [...details];
  return [...details.slice(0, mostDetails), `and ${details.length - mostDetails} more`];
}

export function archivesNotHere(facts: { folder: string; copies: readonly string[]; next: Mending }): Finding {
  return {
    severity: 'warning',
    code: 'SEQ0302',
    what: `The archives of ${facts.folder} are not on this machine`,
    why: 'Its records were checked; what its archives hold was not',
    ...(facts.copies.length === 0 ? {} : { details: facts.copies.map((copy) => `a copy: ${printable(copy)}`) }),
    next: facts.next,
  };
}

export function archiveMissing(facts: {
  folder: string;
  archive: string;
  bytes: number;
  details: readonly string[];
  next: Mending;
}): Finding {
  return {
    severity: 'error',
    code: 'SEQ0302',
    what: `${printable(facts.archive)} of ${facts.folder} is missing (${formatBytes(facts.bytes)})`,
    why: 'oc-mirror takes what archives it finds, and ends in "manifest unknown" or "blob unknown" for what was in this one',
    details: cutDetails(facts.details),
    next: facts.next,
  };
}

const mostImagesTold = 20;

/** A finding for each of the first images that lack a blob, and one for the rest. */
export function incompleteImages(facts: {
  folder: string;
  images: readonly BrokenImage[];
  /** Where the damaged blobs are; the others are nowhere. */
  places: ReadonlyMap<string, string>;
  next: Mending;
}): Finding[] {
  const { folder, places, next } = facts;
  const images = facts.images.filter(({ lacking }) => lacking.length > 0);
  const rest = images.length - mostImagesTold;
  return [
    ...images.slice(0, mostImagesTold).map((image) => imageIncomplete({ folder, image, places, next })),
    ...(rest > 0 ? [moreImagesIncomplete({ folder, count: rest, next })] : []),
  ];
}

function imageIncomplete(facts: {
  folder: string;
  image: BrokenImage;
  places: ReadonlyMap<string, string>;
  next: Mending;
}): Finding {
  const { folder, image, places, next } = facts;
  const operators = image.operators.map((name) => printable(name)).join(', ');
  return {
    severity: 'error',
    code: 'SEQ0303',
    what: `${folder}: ${printable(image.source)}${operators === '' ? '' : ` (operator ${operators})`} is not complete`,
    why: `Uploaded as ${image.repository}:${image.tag}, it would fail or not be there`,
    details: cutDetails(
      image.lacking.map((digest) => `${digest} ${places.get(digest) ?? 'is in no archive that was looked at'}`),
    ),
    next,
  };
}

function moreImagesIncomplete(facts: { folder: string; count: number; next: Mending }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0303',
    what: `${facts.folder}: ${counted(facts.count, 'more image')} ${facts.count === 1 ? 'is' : 'are'} not complete`,
    why: '--json lists all of them',
    next: facts.next,
  };
}

/** Whole file against SHA256SUMS. */
export function archiveChanged(facts: {
  folder: string;
  archive: string;
  expected: string;
  actual: string;
  hint: string | undefined;
  next: Mending;
}): Finding {
  return {
    severity: 'error',
    code: 'SEQ0311',
    what: `${printable(facts.archive)} of ${facts.folder} is not what was sealed`,
    why: facts.hint ?? 'It was changed or damaged after it was sealed',
    details: [`recorded sha256:${facts.expected}`, `found sha256:${facts.actual}`],
    next: facts.next,
  };
}

/** All but blobs: headers, links, working-dir, padding. */
export function frameChanged(facts: {
  folder: string;
  archive: string;
  hint: string | undefined;
  difference: FrameDifference | undefined;
  next: Mending;
}): Finding {
  const { difference } = facts;
  const where = difference?.entry === undefined ? 'a header, a link or padding' : printable(difference.entry);
  return {
    severity: 'error',
    code: 'SEQ0312',
    what: `${printable(facts.archive)} of ${facts.folder} is not what was sealed, outside its blobs`,
    why: facts.hint ?? 'A tar header, a link, a file of working-dir or padding was changed after it was sealed',
    details:
      difference === undefined ? undefined : [`the first byte that differs is at ${difference.offset}, in ${where}`],
    next: facts.next,
  };
}

export function blobsMissing(facts: { folder: string; digests: readonly string[]; next: Mending }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0313',
    what: `${facts.folder}: ${counted(facts.digests.length, 'blob')} of its inventory ${facts.digests.length === 1 ? 'is' : 'are'} in none of its archives`,
    why: 'The archives are not those that were sealed, or not all of them',
    details: cutDetails(facts.digests),
    next: facts.next,
  };
}

export function blobsUnknown(facts: { folder: string; digests: readonly string[]; next: Mending }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0314',
    what: `${facts.folder}: its archives hold ${counted(facts.digests.length, 'blob')} that ${facts.digests.length === 1 ? 'is' : 'are'} not in its inventory`,
    why: 'An archive of another sequence or another mirror lies among them, or they were made again by hand',
    details: cutDetails(facts.digests),
    next: facts.next,
  };
}

export function linksMissing(facts: { folder: string; links: readonly string[]; next: Mending }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0315',
    what: `${facts.folder}: ${counted(facts.links.length, 'link')} that its images need ${facts.links.length === 1 ? 'is' : 'are'} missing or wrong`,
    why: 'Without them the registry that oc-mirror makes of the archives does not find blobs that are there',
    details: cutDetails(facts.links),
    next: facts.next,
  };
}

export function secretTravels(facts: { place: string; secrets: readonly FoundSecret[]; next: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0317',
    what: `${printable(facts.place)} carries a secret`,
    why: 'Whoever gets the disk can read it',
    details: facts.secrets.map(({ what, line }) => `line ${line}: ${what} (not shown)`),
    next: facts.next,
  };
}

export function archiveUnexpected(facts: { folder: string; file: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0318',
    what: `${facts.folder} has no archive ${printable(facts.file)}, and there is one`,
    why: 'oc-mirror reads every file whose name contains mirror_<six digits>.tar, whatever follows',
    next: 'Where does it come from? Move it out of the folder',
  };
}

export function archiveSizeDiffers(facts: {
  folder: string;
  archive: string;
  expected: number;
  actual: number;
  next: Mending;
}): Finding {
  return {
    severity: 'error',
    code: 'SEQ0319',
    what: `${printable(facts.archive)} of ${facts.folder} has ${facts.actual} bytes; ${facts.expected} were sealed`,
    why: facts.actual < facts.expected ? 'It was cut, or is another archive' : 'It grew, or is another archive',
    next: facts.next,
  };
}

export function refsDiffer(facts: { folder: string; digests: readonly string[]; next: Mending }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0320',
    what: `${facts.folder}: its inventory says of ${counted(facts.digests.length, 'manifest')} something else than the manifest itself`,
    why: 'The inventory was forged or made by a program with a fault; a seal alone cannot tell',
    details: cutDetails(facts.digests),
    next: facts.next,
  };
}

export function neededSequenceBroken(facts: { folder: string; needs: readonly string[] }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0321',
    what: `${facts.folder} needs ${facts.needs.join(', ')}, which ${facts.needs.length === 1 ? 'is' : 'are'} broken`,
    why: 'Whether what it needs of them is affected, only deep validation tells',
    next: 'Mend those first, or validate with --depth=deep',
  };
}

export function sealOfAnotherChain(facts: {
  folder: string;
  found: string;
  expected: string;
  mirror: string;
}): Finding {
  return {
    severity: 'error',
    code: 'SEQ0236',
    what: `${facts.folder} here has the seal ${facts.found}; in ${facts.mirror} it has ${facts.expected}`,
    why: 'It is of another mirror, or of the time before it was made void and mirrored again',
    next: 'Which of the two is meant to be carried?',
  };
}

export function nothingToValidate(facts: { path: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0237',
    what: `${printable(facts.path)} holds nothing that could be validated`,
    why: 'Neither a mirror, nor folders seq<number>-<name> with records, nor archives mirror_<six digits>.tar',
    next: 'Is the disk mounted? Name the folder that holds the archives or the sequences: --path=<folder>',
  });
}

export function noSumsToCompare(facts: { folder: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0238',
    what: `${facts.folder} has no SHA256SUMS that its archives could be compared with`,
    why: 'oc-mirror writes none',
    next: '--depth=deep needs none: it hashes each blob against its own name',
  };
}

/** Images that a sequence cannot complete because of what is wrong with those that it builds on. */
export function imagesAffected(facts: {
  folder: string;
  images: readonly BrokenImage[];
  because: readonly string[];
  next: Mending;
}): Finding {
  const { folder, images, because } = facts;
  return {
    severity: 'error',
    code: 'SEQ0303',
    what: `${folder}: ${counted(images.length, 'image')} ${images.length === 1 ? 'is' : 'are'} not complete, because of ${because.join(', ')}`,
    why: 'Its own archives are not what is wrong; those that it builds on lack blobs that it needs',
    details: cutDetails(images.map(({ source }) => printable(source))),
    next: facts.next,
  };
}

export function notSealedYet(facts: { mirror: string; number: number; folder: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0239',
    what: `${facts.folder} is not sealed, so there is nothing that it could be compared with`,
    why: 'A sequence is proven while it is mirrored; afterwards its records say what its archives hold',
    next: `nx run ${facts.mirror}:seq${facts.number}`,
  });
}

export function requestedImageMissing(facts: { folder: string; images: readonly string[] }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0322',
    what: `${facts.folder}: ${counted(facts.images.length, 'image')} of its imageset configuration ${facts.images.length === 1 ? 'is' : 'are'} not in its archives`,
    why: 'No tag in them leads to it',
    details: cutDetails(facts.images.map((image) => printable(image))),
    next: 'Were they left out by an error of oc-mirror, or do they travel in earlier archives of this folder?',
  };
}

export function shippedEarlier(facts: {
  folder: string;
  blobs: number;
  bytes?: number | undefined;
  since: string | undefined;
}): Finding {
  return {
    severity: 'warning',
    code: 'SEQ0303',
    what: `${facts.folder}: ${counted(facts.blobs, 'blob')} that its images need ${facts.blobs === 1 ? 'is' : 'are'} not in these archives`,
    why: `oc-mirror's history${facts.since === undefined ? '' : ` (${printable(facts.since)})`} says that earlier archives of this folder had them`,
    next: 'Upload those earlier archives first, into the same cache',
  };
}
