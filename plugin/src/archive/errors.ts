import type { Digest } from '../oci/digest';
import { formatBytes } from '../system/byte-size';
import { explain, finding, warning } from '../system/errors';
import { counted } from '../system/counted';
import { printable } from '../system/printable';

const anotherCopy = 'Take the file from another copy, or make the archives again';

/** A blob's bytes do not match the digest in its name. */
export const blobDamaged = finding<{
  archive: string;
  digest: Digest;
  actual: Digest;
  bytes: number;
  offset: number;
}>('SEQ0301', ({ archive, digest, actual, bytes, offset }) => ({
  what: `${printable(archive)} is damaged: the blob ${digest} is not what its name says`,
  details: [`${formatBytes(bytes)} at ${offset} hash to ${actual}`],
  next: anotherCopy,
}));

/** The tar structure ends early, or programs would read it differently. */
export const archiveBroken = explain<{
  archive: string;
  offset: number;
  why: string;
}>('SEQ0304', ({ archive, offset, why }) => ({
  what: `${printable(archive)} is not a whole archive: at ${offset}, ${why}`,
  why: 'It was cut, changed after it was made, or never finished',
  next: anotherCopy,
}));

export const entryRefused = finding<{
  archive: string;
  name: string;
  offset: number;
  why: string;
}>('SEQ0305', ({ archive, name, offset, why }) => ({
  what: `${printable(archive)} has an entry that is not taken from an archive: "${printable(name)}"`,
  why,
  details: [`its header is at ${offset}`],
  next: 'Find out where this archive comes from: neither oc-mirror nor seqmirror writes such an entry',
}));

export const linkDamaged = finding<{
  archive: string;
  name: string;
  content: string;
}>('SEQ0306', ({ archive, name, content }) => ({
  what: `${printable(archive)}: the link ${printable(name)} holds "${printable(content, { limit: 100 })}"`,
  why: 'A link holds one digest, and that of its name where it has one',
  next: anotherCopy,
}));

export const entryTwice = finding<{ archive: string; name: string }>('SEQ0307', ({ archive, name }) => ({
  what: `${printable(archive)} has two entries named ${printable(name)}`,
  why: 'Programs differ in which one they take',
  next: anotherCopy,
}));

export const blobTooLarge = explain<{
  digest: Digest;
  bytes: number;
  archiveBytes: number;
  needed: number;
}>('SEQ0308', ({ digest, bytes, archiveBytes, needed }) => ({
  what: `The blob ${digest} (${formatBytes(bytes)}) does not fit into an archive of ${formatBytes(archiveBytes)}`,
  why: 'A blob is never split over two archives, since oc-mirror could not read it',
  next: `Set archiveSize in the imageset configuration to ${Math.ceil(needed / 1024 ** 3)} (GiB) or more`,
}));

export const manifestUnreadable = finding<{
  archive: string;
  digest: Digest;
  why: string;
}>('SEQ0309', ({ archive, digest, why }) => ({
  what: `${printable(archive)}: ${digest} is linked as a manifest and cannot be read as one`,
  why,
  next: 'Have the image pushed again, as an OCI or Docker schema 2 image',
}));

export const childSizeWrong = finding<{ archive: string; digest: Digest; child: Digest; said: number; bytes: number }>(
  'SEQ0337',
  ({ archive, digest, child, said, bytes }) => ({
    what: `${printable(archive)}: the index ${digest} says that ${child} has ${said} bytes, and it has ${bytes}`,
    why: 'Some programs believe the index and read no further, or refuse the image far away',
    next: 'Find out where the image comes from: no program that makes indexes writes one like this',
  }),
);

/** Harmless to programs written in Go, as registries and oc-mirror are. */
export const keysOdd = warning<{ archive: string; digest: Digest; keys: readonly string[] }>(
  'SEQ0338',
  ({ archive, digest, keys }) => ({
    what: `${printable(archive)}: the manifest ${digest} has keys in other capitals than the standard: ${keys.map((key) => printable(key, { limit: 60 })).join(', ')}`,
    why: 'Registries and oc-mirror take them all the same; other programs may miss them',
    next: 'Tell whoever makes the image',
  }),
);

export const linksDisagree = finding<{
  name: string;
  first: string;
  second: string;
}>('SEQ0310', ({ name, first, second }) => ({
  what: `${printable(first)} and ${printable(second)} disagree about ${printable(name)}`,
  why: 'Archives of one run never do, so they come from different runs',
  next: 'Find out which of them belongs here, and remove the other from the folder',
}));

/** Harmless, since every tar reader skips it; yet the archive was not made like this. */
export const paddingUsed = warning<{ archive: string; places: number; offset: number }>('SEQ0316', (facts) => {
  const places = counted(facts.places, 'place');
  return {
    what: `${printable(facts.archive)} has bytes that are not zero in the padding after a file: ${places}, the first at byte ${facts.offset}`,
    why: 'Harmless: no program reads it, but sha256sum will notice',
    next: 'Compare it with another copy, to see whether it was changed after it was made',
  };
});

/** A kept frame is damaged, cut, or belongs to another archive. */
export const frameUnusable = explain<{
  frame: string;
  archive: string;
  why: string;
  cause: unknown;
}>('SEQ0323', ({ frame, archive, why, cause }) => ({
  what: `The frame ${printable(frame)} cannot be used for ${printable(archive)}: ${why}`,
  why: 'It was cut, changed after it was made, or is of another archive',
  next: 'Take the archive from another copy',
  cause,
}));

/** A blob source returned something else. */
export const blobNotAsNamed = explain<{
  digest: Digest;
  bytes: number;
  written: number;
  actual: Digest;
}>('SEQ0324', (facts) => {
  const found = facts.written === facts.bytes ? `it hashes to ${facts.actual}` : lengthOf(facts);
  return {
    what: `The blob ${facts.digest} is not what its name says: ${found}`,
    why: 'The copy that it was taken from is damaged',
    next: 'Take it from another copy',
  };
});

function lengthOf({ bytes, written }: { bytes: number; written: number }): string {
  return written > bytes ? `it goes on after ${bytes} bytes` : `it ends after ${written} of ${bytes} bytes`;
}

/** A copied blob does not match its digest. */
export const blobSourceDamaged = explain<{
  digest: Digest;
  path: string;
  offset: number;
  why: string;
}>('SEQ0324', ({ digest, path, offset, why }) => ({
  what: `The blob ${digest} is not what its name says: ${why}`,
  details: [`at ${offset} of ${printable(path)}`],
  why: 'The copy that it was taken from is damaged',
  next: 'Take it from another copy',
}));

/** A layer that is unpacked for its files, not only carried. */
export const layerUnreadable = explain<{
  image: string;
  layer: Digest;
  why: string;
  cause?: unknown;
}>('SEQ0340', ({ image, layer, why, cause }) => ({
  what: `A layer of ${printable(image)} cannot be read: ${why}`,
  why: 'Its content says what else is to be mirrored, and what programs could read differently is not taken',
  next: 'Check whether podman can unpack the image. If not, whoever built it has to build it again',
  details: [layer],
  cause,
}));
