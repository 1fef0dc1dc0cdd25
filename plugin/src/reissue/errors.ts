import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { BlobNotHad } from './secure-blobs';

interface Named {
  readonly mirror: string;
  readonly number: number;
  readonly folder: string;
}

const mostBlobs = 50;
const mostImages = 5;

/** Nobody has them, as far as anybody knows. custody.yaml says so from now on. */
export function blobsLost(facts: Named & { notHad: readonly BlobNotHad[]; custodyFile: string }): SeqmirrorError {
  const { mirror, number, folder, notHad } = facts;
  return new SeqmirrorError({
    code: 'SEQ0330',
    what: `${folder} cannot be made again: ${blobsInWords(notHad)} cannot be had any more`,
    details: detailsOf(notHad),
    why: `No archive was written; ${facts.custodyFile} now says lost, so that the next sequence fetches them anew where its images still need them`,
    next: `Commit ${facts.custodyFile}, then mirror the next sequence. Should a copy turn up: \`nx run ${mirror}-seq${number}:reissue --from=<its folder>\``,
  });
}

/** custody.yaml knows of copies that are not here. */
export function copyElsewhere(
  facts: Named & { notHad: readonly BlobNotHad[]; copies: readonly string[] },
): SeqmirrorError {
  const { mirror, number, folder, notHad, copies } = facts;
  const names = copies.map((where) => printable(where)).join(', ');
  return new SeqmirrorError({
    code: 'SEQ0331',
    what: `${folder} cannot be made again from here: ${blobsInWords(notHad)} are in no place that can be reached`,
    details: detailsOf(notHad),
    why: `custody.yaml knows of ${copies.length === 1 ? 'a copy' : `${copies.length} copies`} elsewhere: ${names}. Nothing was changed`,
    next: `Bring one of them, then \`nx run ${mirror}-seq${number}:reissue --from=<its folder>\``,
  });
}

/** A registry may have them, and did not give them now. */
export function blobsNotNow(facts: Named & { notHad: readonly BlobNotHad[] }): SeqmirrorError {
  const { mirror, number, folder, notHad } = facts;
  const reasons = [...new Set(notHad.flatMap(({ tried }) => tried.slice(-1).map(({ why }) => why)))];
  return new SeqmirrorError({
    code: 'SEQ0332',
    what: `${folder} cannot be made again now: ${blobsInWords(notHad)} could not be fetched`,
    details: detailsOf(notHad),
    why: `${reasons.slice(0, 3).join('; ')}. What was fetched is kept, and nothing else was changed`,
    next: `When the registry can be reached, with credentials that it takes: \`nx run ${mirror}-seq${number}:reissue\` goes on from there`,
  });
}

export function notSealed(facts: Named): SeqmirrorError {
  const { mirror, number, folder } = facts;
  return new SeqmirrorError({
    code: 'SEQ0333',
    what: `${folder} is not sealed, so there is nothing to make again`,
    why: 'Archives are made again from what was sealed: the inventory names each of their blobs',
    next: `nx run ${mirror}:seq${number}`,
  });
}

export function noSuchCopy(facts: { path: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0334',
    what: `--from=${printable(facts.path)} is not a folder`,
    why: "A copy is a folder with the sequence's archives, or one that has such folders in it",
    next: `Is its disk mounted? ls ${printable(facts.path)}`,
  });
}

export function madeWrong(facts: { folder: string; findings: readonly string[] }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0335',
    what: `What was made for ${facts.folder} is not what was sealed`,
    why: 'Every archive is read again before it takes its place; nothing was changed',
    details: facts.findings.slice(0, 20),
    next: 'Run it again; if it stays, the disk or the memory of this machine is at fault',
  });
}

/** oc-mirror's own disk-to-mirror will miss something that no blob holds. */
export function filesLacking(facts: { folder: string; lacking: readonly string[] }): Finding {
  return {
    severity: 'warning',
    code: 'SEQ0336',
    what: `oc-mirror will not find all that it looks for beside the images in the new archives of ${facts.folder}`,
    details: facts.lacking.map((what) => `nowhere: ${printable(what)}`),
    why: "It has no digest, so it is in no inventory; every image is complete, and oc-mirror's disk-to-mirror skips or refuses what these are for",
    next: 'Does another copy of the archives turn up? Give its folder with --from',
  };
}

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
