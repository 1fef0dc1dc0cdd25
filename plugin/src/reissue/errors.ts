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
  what: `${folder} cannot be reissued: no longer available anywhere: ${blobsInWords(notHad)}`,
  details: detailsOf(notHad),
  why: `No archive was written; ${custodyFile} now says lost, so that the next sequence fetches them again where its images still need them`,
  next: `Commit ${custodyFile}, then mirror the next sequence. Should a copy turn up: \`nx run ${mirror}:reissue --sequence=seq${number} --from=<its folder>\``,
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
    what: `${folder} cannot be made again from here: ${blobsInWords(notHad)} are in no place that can be reached`,
    details: detailsOf(notHad),
    why: `custody.yaml knows of ${copies.length === 1 ? 'a copy' : `${copies.length} copies`} elsewhere: ${names}. Nothing was changed`,
    next: `Bring one of them, then \`nx run ${mirror}:reissue --sequence=seq${number} --from=<its folder>\``,
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
    what: `${folder} cannot be made again now: ${blobsInWords(notHad)} could not be fetched`,
    details: detailsOf(notHad),
    why: `${reasons.slice(0, 3).join('; ')}. What was fetched is kept, and nothing else was changed`,
    next: `When the registry can be reached, with credentials that it takes: \`nx run ${mirror}:reissue --sequence=seq${number}\` goes on from there`,
  };
});

export const notSealed = explain<SequenceName>('SEQ0333', ({ mirror, number, folder }) => ({
  what: `${folder} is not sealed, so there is nothing to make again`,
  why: 'Archives are made again from what was sealed: the inventory names each of their blobs',
  next: `nx run ${mirror}:seq${number}`,
}));

export const noSuchCopy = explain<{ path: string }>('SEQ0334', ({ path }) => ({
  what: `--from=${printable(path)} is not a folder`,
  why: "A copy is a folder with the sequence's archives, or one that has such folders in it",
  next: `Check that its disk is mounted: ls ${printable(path)}`,
}));

export const madeWrong = explain<{
  folder: string;
  findings: readonly string[];
}>('SEQ0335', ({ folder, findings }) => ({
  what: `What was made for ${folder} is not what was sealed`,
  why: 'Every archive is read again before it takes its place; nothing was changed',
  details: findings.slice(0, 20),
  next: 'Run it again; if it stays, the disk or the memory of this machine is at fault',
}));

/** oc-mirror's own disk-to-mirror will miss files that are found nowhere. */
export const filesLacking = warning<{
  folder: string;
  lacking: readonly string[];
}>('SEQ0336', ({ folder, lacking }) => ({
  what: `oc-mirror will not find all that it looks for beside the images in the new archives of ${folder}`,
  details: lacking.map((what) => `nowhere: ${printable(what)}`),
  why: "It has no digest, so it is in no inventory; every image is complete, and oc-mirror's disk-to-mirror skips or refuses what these are for",
  next: 'If another copy of the archives turns up, give its folder with --from',
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
        ? ['  in no archive, copy or cache that is known here, and no image says which registry has it']
        : tried.map(({ where, why }) => `  ${printable(why.startsWith(where) ? why : `${where}: ${why}`)}`)),
    ]);
  return notHad.length > mostBlobs ? [...lines, `and ${notHad.length - mostBlobs} more`] : lines;
}

function imagesInWords(images: readonly string[]): string {
  if (images.length === 0) return 'no image of the chain';
  const named = images.slice(0, mostImages).map((image) => printable(image));
  return images.length > mostImages ? `${named.join(', ')} and ${images.length - mostImages} more` : named.join(', ');
}
