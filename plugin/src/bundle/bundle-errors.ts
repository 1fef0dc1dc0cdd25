import type { Digest } from '../oci/digest';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

const mostNamed = 20;

export function mediaRefused(facts: { name: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0670',
    what: `--media=${printable(facts.name, { limit: 60 })} is no medium`,
    why: 'It says how much fits on one volume: dvd5, dvd9, bd25, bd50, bd100, fat32, usb:<size>, or a number of bytes',
    next: 'For a stick of 64 GB write --media=usb:64G',
  });
}

export function archivesNeeded(facts: {
  mirror: string;
  lacking: readonly { number: number; folder: string; archive: string }[];
  blobs: number;
  bytes: number;
}): SeqmirrorError {
  const { mirror, lacking, blobs, bytes } = facts;
  const numbers = [...new Set(lacking.map(({ number }) => number))].sort((a, b) => a - b);
  const what =
    blobs === 0
      ? `${counted(lacking.length, 'archive')} that the bundle carries ${lacking.length === 1 ? 'is' : 'are'} not here as sealed`
      : `${counted(blobs, 'blob')} (${formatBytes(bytes)}) that the bundle carries ${blobs === 1 ? 'is' : 'are'} in no archive here`;
  return new SeqmirrorError({
    code: 'SEQ0671',
    what,
    details: lacking.slice(0, mostNamed).map(({ folder, archive }) => `missing or cut: ${archive} of ${folder}`),
    why: 'A bundle is put together from the archives of the chain. Nothing was written',
    next:
      numbers.length === 0
        ? `nx run ${mirror}:validate`
        : `Bring them back, or make them again: ${numbers.map((number) => `nx run ${mirror}-seq${number}:reissue`).join(', ')}`,
  });
}

export function sourceDamaged(facts: {
  mirror: string;
  digest: Digest;
  archive: string;
  folder: string;
  number: number;
  offset: number;
  bytes: number;
  why: string;
}): SeqmirrorError {
  const { mirror, digest, archive, folder, number, offset, bytes, why } = facts;
  return new SeqmirrorError({
    code: 'SEQ0672',
    what: `${archive} of ${folder} is damaged: the blob ${digest} is not what was sealed`,
    details: [`${formatBytes(bytes)} at ${offset}: ${why}`],
    why: 'Each blob is hashed while it is copied. What is complete on the medium stays; this file is not among it',
    next: `nx run ${mirror}-seq${number}:reissue, then the same command again`,
  });
}

export function wholeArchiveDamaged(facts: {
  mirror: string;
  archive: string;
  folder: string;
  number: number;
  sha256: string;
  actual: string;
}): SeqmirrorError {
  const { mirror, archive, folder, number, sha256, actual } = facts;
  return new SeqmirrorError({
    code: 'SEQ0672',
    what: `${archive} of ${folder} is damaged: it is not what was sealed`,
    details: [`sealed: ${sha256}`, `found:  ${actual}`],
    why: 'It was hashed while it was copied. What is complete on the medium stays; this file is not among it',
    next: `nx run ${mirror}-seq${number}:reissue, then the same command again`,
  });
}

export function mediumTooSmall(facts: { media: string; bytes: number; needed: number }): SeqmirrorError {
  const { media, bytes, needed } = facts;
  return new SeqmirrorError({
    code: 'SEQ0673',
    what: `A volume of ${formatBytes(bytes)} (${printable(media)}) is too small: ${formatBytes(needed)} are taken before any blob`,
    why: 'Each volume stands alone: records of the chain, script, checksums, and the file system itself',
    next: 'Choose a larger medium',
  });
}

export function tooManyVolumes(facts: { volumes: number; limit: number; media: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0673',
    what: `The bundle would take ${facts.volumes} volumes of ${printable(facts.media)}; at most ${facts.limit} are read there`,
    why: 'Names of volumes and pieces have room for no more',
    next: 'Choose a larger medium',
  });
}

export function optionsContradict(facts: { what: string; next: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0674',
    what: facts.what,
    why: 'Nothing was written',
    next: facts.next,
  });
}

export function outputTaken(facts: { output: string; found: readonly string[] }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0675',
    what: `${printable(facts.output)} holds something else than this bundle`,
    details: facts.found.slice(0, mostNamed).map((name) => printable(name)),
    why: 'oc-mirror takes every archive that it finds beside others, so a bundle begins in an empty folder. Nothing was written',
    next: 'Give an empty folder with --output, or remove what lies there',
  });
}

export function mediumReadsWrong(facts: { output: string; files: readonly string[] }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0676',
    what: `${printable(facts.output)} does not read back as it was written: ${counted(facts.files.length, 'file')}`,
    details: facts.files.slice(0, mostNamed).map((name) => printable(name)),
    why: 'Every byte was hashed on its way there, so the medium, its reader or its cable changed it',
    next: 'Run the same command again, which writes these files afresh; if it stays, take another medium',
  });
}

export function noSuchTransfer(facts: { id: string; known: readonly string[] }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0624',
    what: `There is no transfer ${printable(facts.id, { limit: 20 })} of this mirror`,
    why: facts.known.length === 0 ? 'None was made yet' : `Known: ${facts.known.slice(-mostNamed).join(', ')}`,
    next: 'sites/<name>/transfers/ has a file for each',
  });
}

export function reissueDiffers(facts: { id: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0678',
    what: `${facts.id} cannot be made again as it was: ${facts.why}`,
    why: 'Volumes of one bundle fit together only when they are what they were',
    next: 'Give the same --media as then, and the version of seqmirror that made it; or make a new bundle of all volumes',
  });
}

export function needUnreadable(facts: { file: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0679',
    what: `--need=${printable(facts.file)}: ${facts.why}`,
    why: 'It lists the digests that the far side lacks, `sha256:…`, one a line',
    next: 'Take the file that the far side wrote',
  });
}

export function outputNotWritable(facts: { output: string; needed: number; free: number }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0701',
    what: `${printable(facts.output)} needs ${formatBytes(facts.needed)}; ${formatBytes(facts.free)} are free`,
    why: 'Nothing has been started',
    next: `Free ${formatBytes(facts.needed - facts.free)} there, or spread the bundle over several media with --media`,
  });
}

export function uploaderNotBuilt(facts: { path: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0704',
    what: `${printable(facts.path)} is missing, which bundles enclose`,
    why: 'Without it a far side that has no oc-mirror cannot upload',
    next: 'Install seqmirror again; in its own repository, npm run build',
  });
}

/** oc-mirror's own disk-to-mirror will miss something that no blob holds. */
export function filesNowhere(facts: { folder: string; lacking: readonly string[] }): Finding {
  return {
    severity: 'warning',
    code: 'SEQ0336',
    what: `oc-mirror will not find all that it looks for beside the images of ${facts.folder}`,
    details: facts.lacking.map((what) => `nowhere: ${printable(what)}`),
    why: 'No archive that is here has it as it was sealed; every image is complete, and the embedded uploader needs nothing of it',
    next: 'Reissue the archives of the sequence, then bundle it again',
  };
}
