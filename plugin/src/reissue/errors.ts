import type { SequenceName } from '../mirror/errors';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { explain, warning } from '../system/errors';
import { printable } from '../system/printable';
import type { BlobNotHad } from './wanted-blobs';

const mostBlobs = 50;
const mostImages = 5;

/** As far as is known, nobody has them. custody.yaml says so from now on. */
export const blobsLost = explain<
  SequenceName & {
    notHad: readonly BlobNotHad[];
    custodyFile: string;
  }
>('SEQ0330', ({ mirror, number, folder, notHad, custodyFile }) => ({
  what: `${folder} cannot be reissued: ${blobsInWords(notHad)} ${notHad.length === 1 ? 'is' : 'are'} no longer available anywhere`,
  details: detailsOf(notHad),
  why: `No archive was written. ${custodyFile} now says \`lost\`. If the images of the next sequence need these blobs, seqmirror downloads the blobs again`,
  next: `Commit ${custodyFile}, then mirror the next sequence. If you find a copy of these archives later, run \`nx run ${mirror}:reissue --sequence=seq${number} --from=<folder of the copy>\``,
}));

/** custody.yaml lists copies that are not here. */
export const copyElsewhere = explain<
  SequenceName & {
    notHad: readonly BlobNotHad[];
    copies: readonly string[];
  }
>('SEQ0331', ({ mirror, number, folder, notHad, copies }) => {
  const names = copies.map((where) => printable(where)).join(', ');
  return {
    what: `${folder} cannot be reissued: ${blobsInWords(notHad)} ${notHad.length === 1 ? 'is' : 'are'} in no place that this machine can reach`,
    details: detailsOf(notHad),
    why: `custody.yaml lists ${copies.length === 1 ? 'a copy' : `${copies.length} copies`} in other places: ${names}. Nothing was changed`,
    next: `Bring ${copies.length === 1 ? 'this copy' : 'one of these copies'} to this machine, then run \`nx run ${mirror}:reissue --sequence=seq${number} --from=<its folder>\``,
  };
});

/** A registry may have them, but did not give them now. */
export const blobsNotNow = explain<
  SequenceName & {
    notHad: readonly BlobNotHad[];
  }
>('SEQ0332', ({ mirror, number, folder, notHad }) => {
  const reasons = [...new Set(notHad.flatMap(({ tried }) => tried.slice(-1).map(({ why }) => why)))];
  return {
    what: `${folder} cannot be reissued now: ${blobsInWords(notHad)} could not be fetched`,
    details: detailsOf(notHad),
    why: `${reasons.slice(0, 3).join('; ')}. seqmirror keeps the blobs that it has fetched. Nothing else was changed`,
    next: `When this machine can reach the registry with valid credentials, run \`nx run ${mirror}:reissue --sequence=seq${number}\`. The command continues where it stopped`,
  };
});

export const notSealed = explain<SequenceName>('SEQ0333', ({ mirror, number, folder }) => ({
  what: `${folder} is not sealed, so it cannot be reissued`,
  why: 'seqmirror makes archives again from the inventory, which exists only for a sealed sequence',
  next: `nx run ${mirror}:seq${number}`,
}));

export const noSuchCopy = explain<{ path: string }>('SEQ0334', ({ path }) => ({
  what: `--from=${printable(path)} is not a folder`,
  why: 'The copy must be a folder with the archives of the sequence, or a folder that contains such folders',
  next: `Check that its disk is mounted: ls ${printable(path)}`,
}));

export const madeWrong = explain<{
  folder: string;
  findings: readonly string[];
}>('SEQ0335', ({ folder, findings }) => ({
  what: `The archives that seqmirror made for ${folder} differ from what was sealed`,
  why: 'seqmirror reads every new archive again before it replaces the old one. Nothing was changed',
  details: findings.slice(0, 20),
  next: 'Run the command again. If the error stays, check the disk and the memory of this machine',
}));

/** oc-mirror's own disk-to-mirror will miss files that are found nowhere. */
export const filesLacking = warning<{
  folder: string;
  lacking: readonly string[];
}>('SEQ0336', ({ folder, lacking }) => ({
  what: `The new archives of ${folder} lack files that oc-mirror needs in addition to the images`,
  details: lacking.map((what) => `not found: ${printable(what)}`),
  why: 'No inventory lists these files, so seqmirror cannot restore them. All images are complete, but oc-mirror will skip or refuse what needs the files',
  next: 'If you find another copy of the archives, run reissue again with --from=<its folder>',
}));

function blobsInWords(notHad: readonly BlobNotHad[]): string {
  const bytes = notHad.reduce((sum, blob) => sum + blob.bytes, 0);
  return `${counted(notHad.length, 'blob')} (${formatBytes(bytes)})`;
}

function detailsOf(notHad: readonly BlobNotHad[]): string[] {
  const lines = notHad
    .slice(0, mostBlobs)
    .flatMap(({ digest, bytes, images, tried }) => [
      `${digest} (${formatBytes(bytes)}), needed by ${imagesInWords(images)}`,
      ...(tried.length === 0
        ? ['  not in any known archive, copy or cache, and no image names a registry that has it']
        : tried.map(({ where, why }) => `  ${printable(why.startsWith(where) ? why : `${where}: ${why}`)}`)),
    ]);
  return notHad.length > mostBlobs ? [...lines, `and ${notHad.length - mostBlobs} more`] : lines;
}

function imagesInWords(images: readonly string[]): string {
  if (images.length === 0) return 'no image of the chain';
  const named = images.slice(0, mostImages).map((image) => printable(image));
  return images.length > mostImages ? `${named.join(', ')} and ${images.length - mostImages} more` : named.join(', ');
}
