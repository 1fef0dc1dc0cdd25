import type { Digest } from '../oci/digest';
import { formatBytes } from '../system/byte-size';
import { explain, finding, warning } from '../system/errors';
import { counted } from '../system/counted';
import { printable } from '../system/printable';

const anotherCopy = 'Replace the archive with another copy, or run `nx run <mirror>:reissue --sequence=seq<N>`';

/** A blob's bytes do not match the digest in its name. */
export const blobDamaged = finding<{
  archive: string;
  digest: Digest;
  actual: Digest;
  bytes: number;
  offset: number;
}>('SEQ0301', ({ archive, digest, actual, bytes, offset }) => ({
  what: `${printable(archive)} is damaged: the content of the blob ${digest} does not match its digest`,
  why: 'The blob was changed or damaged while the archive was stored or copied',
  details: [`the ${formatBytes(bytes)} from byte ${offset} of the archive hash to ${actual}`],
  next: anotherCopy,
}));

/** The tar structure ends early, or programs would read it differently. */
export const archiveBroken = explain<{
  archive: string;
  offset: number;
  why: string;
}>('SEQ0304', ({ archive, offset, why }) => ({
  what: `${printable(archive)} is not a complete tar archive: at byte ${offset}, ${why}`,
  why: 'The file was cut off, changed after it was written, or never finished',
  next: anotherCopy,
}));

export const entryRefused = finding<{
  archive: string;
  name: string;
  offset: number;
  why: string;
}>('SEQ0305', ({ archive, name, offset, why }) => ({
  what: `${printable(archive)} has an entry that seqmirror refuses: "${printable(name)}"`,
  why,
  details: [`the tar header of the entry is at byte ${offset}`],
  next: 'Do not use the archive before you know where the archive comes from. oc-mirror and seqmirror do not write such entries',
}));

export const linkDamaged = finding<{
  archive: string;
  name: string;
  content: string;
}>('SEQ0306', ({ archive, name, content }) => ({
  what: `${printable(archive)}: the link ${printable(name)} contains "${printable(content, { limit: 100 })}"`,
  why: 'A link must contain one digest. If the path of the link has a digest, the link must contain the same digest',
  next: anotherCopy,
}));

export const entryTwice = finding<{ archive: string; name: string }>('SEQ0307', ({ archive, name }) => ({
  what: `${printable(archive)} has two entries named ${printable(name)}`,
  why: 'Some programs read the first of the two, others the last',
  next: anotherCopy,
}));

export const blobTooLarge = explain<{
  digest: Digest;
  bytes: number;
  archiveBytes: number;
  needed: number;
}>('SEQ0308', ({ digest, bytes, archiveBytes, needed }) => ({
  what: `The blob ${digest} (${formatBytes(bytes)}) does not fit into an archive of ${formatBytes(archiveBytes)}`,
  why: 'seqmirror does not split a blob over two archives, since oc-mirror could not read the parts',
  next: `Set archiveSize in the imageset configuration to ${Math.ceil(needed / 1024 ** 3)} (GiB) or more`,
}));

export const manifestUnreadable = finding<{
  archive: string;
  digest: Digest;
  why: string;
}>('SEQ0309', ({ archive, digest, why }) => ({
  what: `${printable(archive)}: a link names ${digest} as a manifest, but its content is not a readable manifest`,
  why,
  next: 'Ask the owner of the image to push it again as an OCI or Docker schema 2 image',
}));

export const childSizeWrong = finding<{ archive: string; digest: Digest; child: Digest; said: number; bytes: number }>(
  'SEQ0337',
  ({ archive, digest, child, said, bytes }) => ({
    what: `${printable(archive)}: the index ${digest} says that the manifest ${child} has ${said} bytes, but the manifest has ${bytes} bytes`,
    why: 'Some programs read only as many bytes as the index says. Others refuse the image when you upload it at the site',
    next: 'Ask the owner of the image which tool built the index. The usual tools write the correct size',
  }),
);

/** Harmless to programs written in Go, as registries and oc-mirror are. */
export const keysOdd = warning<{ archive: string; digest: Digest; keys: readonly string[] }>(
  'SEQ0338',
  ({ archive, digest, keys }) => ({
    what: `${printable(archive)}: the manifest ${digest} has keys whose upper and lower case letters differ from the standard: ${keys.map((key) => printable(key, { limit: 60 })).join(', ')}`,
    why: 'Registries and oc-mirror accept these keys. Other programs may ignore these keys',
    next: 'Tell the owner of the image. You can use the archive, because it is not damaged',
  }),
);

export const linksDisagree = finding<{
  name: string;
  first: string;
  second: string;
}>('SEQ0310', ({ name, first, second }) => ({
  what: `${printable(first)} and ${printable(second)} have different content for the link ${printable(name)}`,
  why: 'All archives of one run have the same links, so these two come from different runs',
  next: 'Find out which of the two archives belongs in this folder, and move the other archive to another folder',
}));

/** Harmless, since every tar reader skips it; yet the archive was not made like this. */
export const paddingUsed = warning<{ archive: string; places: number; offset: number }>('SEQ0316', (facts) => {
  const places = counted(facts.places, 'place');
  return {
    what: `${printable(facts.archive)} has padding that is not zero in ${places}, the first at byte ${facts.offset}`,
    why: 'No program reads the padding, so the images are not affected. But the sha256 of the archive is different',
    next: 'Compare the sha256 of the archive with the sha256 of another copy, to see whether somebody changed the archive',
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
  why: 'The frame was cut off, changed after it was written, or belongs to another archive',
  next: 'Restore the archive from another copy: `nx run <mirror>:reissue --sequence=seq<N> --from=<folder>`',
  cause,
}));

/** A blob source returned something else. */
export const blobNotAsNamed = explain<{
  digest: Digest;
  bytes: number;
  written: number;
  actual: Digest;
}>('SEQ0324', (facts) => {
  const found = facts.written === facts.bytes ? `the content has the digest ${facts.actual}` : lengthOf(facts);
  return {
    what: `The content of the blob ${facts.digest} does not match its digest: ${found}`,
    why: 'The file from which seqmirror read the blob is damaged',
    next: 'Run the command again with another copy of the archives, for example with the option --from of reissue',
  };
});

function lengthOf({ bytes, written }: { bytes: number; written: number }): string {
  return written > bytes ? `it has more than ${bytes} bytes` : `it has only ${written} of ${bytes} bytes`;
}

/** A copied blob does not match its digest. */
export const blobSourceDamaged = explain<{
  digest: Digest;
  path: string;
  offset: number;
  why: string;
}>('SEQ0324', ({ digest, path, offset, why }) => ({
  what: `The content of the blob ${digest} does not match its digest: ${why}`,
  details: [`at byte ${offset} of ${printable(path)}`],
  why: 'The file from which seqmirror read the blob is damaged',
  next: 'Run the command again with another copy of the archives, for example with the option --from of reissue',
}));

/** A layer that is unpacked for its files, not only carried. */
export const layerUnreadable = explain<{
  image: string;
  layer: Digest;
  why: string;
  cause?: unknown;
}>('SEQ0340', ({ image, layer, why, cause }) => ({
  what: `A layer of ${printable(image)} cannot be read: ${why}`,
  why: 'seqmirror reads this layer to find out what else to mirror, and refuses content that programs read in different ways',
  next: 'Try to pull the image with podman. If podman fails too, ask the owner of the image to build it again',
  details: [layer],
  cause,
}));
