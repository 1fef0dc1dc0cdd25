import type { Digest } from '../oci/digest';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { explain, warning } from '../system/errors';
import { printable } from '../system/printable';

const mostNamed = 20;

export const archivesNeeded = explain<{
  mirror: string;
  lacking: readonly { number: number; folder: string; archive: string }[];
  blobs: number;
  bytes: number;
}>('SEQ0671', ({ mirror, lacking, blobs, bytes }) => {
  const numbers = [...new Set(lacking.map(({ number }) => number))].sort((a, b) => a - b);
  const what =
    blobs === 0
      ? `${counted(lacking.length, 'archive')} that the bundle carries ${lacking.length === 1 ? 'is' : 'are'} not here as sealed`
      : `${counted(blobs, 'blob')} (${formatBytes(bytes)}) that the bundle carries ${blobs === 1 ? 'is' : 'are'} in no archive here`;
  return {
    what,
    details: lacking.slice(0, mostNamed).map(({ folder, archive }) => `missing or cut: ${archive} of ${folder}`),
    why: 'A bundle is put together from the archives of the chain. Nothing was written',
    next:
      numbers.length === 0
        ? `nx run ${mirror}:validate`
        : `Bring them back, or make them again: ${numbers.map((number) => `nx run ${mirror}:reissue --sequence=seq${number}`).join(', ')}`,
  };
});

export const sourceDamaged = explain<{
  mirror: string;
  digest: Digest;
  archive: string;
  folder: string;
  number: number;
  offset: number;
  bytes: number;
  why: string;
}>('SEQ0672', ({ mirror, digest, archive, folder, number, offset, bytes, why }) => ({
  what: `${archive} of ${folder} is damaged: the blob ${digest} is not what was sealed`,
  details: [`${formatBytes(bytes)} at ${offset}: ${why}`],
  why: 'Each blob is hashed while it is copied. What is complete on the medium stays; this file is not among it',
  next: `nx run ${mirror}:reissue --sequence=seq${number}, then the same command again`,
}));

export const wholeArchiveDamaged = explain<{
  mirror: string;
  archive: string;
  folder: string;
  number: number;
  sha256: string;
  actual: string;
}>('SEQ0672', ({ mirror, archive, folder, number, sha256, actual }) => ({
  what: `${archive} of ${folder} is damaged: it is not what was sealed`,
  details: [`sealed: ${sha256}`, `found:  ${actual}`],
  why: 'It was hashed while it was copied. What is complete on the medium stays; this file is not among it',
  next: `nx run ${mirror}:reissue --sequence=seq${number}, then the same command again`,
}));

export const outputTaken = explain<{ output: string; found: readonly string[] }>('SEQ0675', ({ output, found }) => ({
  what: `${printable(output)} holds something else than this bundle`,
  details: found.slice(0, mostNamed).map((name) => printable(name)),
  why: 'oc-mirror takes every archive that it finds beside others, so a bundle begins in an empty folder. Nothing was written',
  next: 'Give an empty folder with --output, or remove what lies there',
}));

export const mediumReadsWrong = explain<{
  output: string;
  files: readonly string[];
}>('SEQ0676', ({ output, files }) => ({
  what: `${printable(output)} does not read back as it was written: ${counted(files.length, 'file')}`,
  details: files.slice(0, mostNamed).map((name) => printable(name)),
  why: 'Every byte was hashed on its way there, so the medium, its reader or its cable changed it',
  next: 'Run the same command again, which rewrites these files; if that does not help, use another medium',
}));

export const reissueDiffers = explain<{ id: string; why: string }>('SEQ0678', ({ id, why }) => ({
  what: `${id} cannot be made again as it was: ${why}`,
  why: 'Volumes of one bundle fit together only when they are what they were',
  next: 'Give the same --media as then, and the version of seqmirror that made it; or make a new bundle of all volumes',
}));

export const needUnreadable = explain<{ file: string; why: string }>('SEQ0679', ({ file, why }) => ({
  what: `--need=${printable(file)}: ${why}`,
  why: 'It lists the digests that the far side lacks, `sha256:…`, one per line',
  next: 'Take the file that the far side wrote',
}));

export const outputNotWritable = explain<{
  output: string;
  needed: number;
  free: number;
}>('SEQ0701', ({ output, needed, free }) => ({
  what: `${printable(output)} needs ${formatBytes(needed)}; ${formatBytes(free)} are free`,
  why: 'Nothing has been started',
  next: `Free ${formatBytes(needed - free)} there, or spread the bundle over several media with --media`,
}));

export const uploaderNotBuilt = explain<{ path: string }>('SEQ0704', ({ path }) => ({
  what: `${printable(path)} is missing, which bundles enclose`,
  why: 'Without it a far side that has no oc-mirror cannot upload',
  next: 'Install seqmirror again; in its own repository, npm run build',
}));

/** oc-mirror's own disk-to-mirror will miss files that are found nowhere. */
export const filesNowhere = warning<{
  folder: string;
  lacking: readonly string[];
}>('SEQ0336', ({ folder, lacking }) => ({
  what: `oc-mirror will not find all that it looks for beside the images of ${folder}`,
  details: lacking.map((what) => `nowhere: ${printable(what)}`),
  why: 'No archive that is here has it as it was sealed; every image is complete, and the embedded uploader needs nothing of it',
  next: 'Reissue the archives of the sequence, then bundle it again',
}));

/** SEQ0654: this side does not have what a second person would sign. */
export const notOursToSign = explain<{ file: string; problem: string; next: string }>(
  'SEQ0654',
  ({ file, problem, next }) => ({
    what: `${printable(file)} is not signed a second time: ${printable(problem, { limit: 300 })}`,
    why: 'The second signature says that somebody else has looked at what the first one signed',
    next,
  }),
);

export const bundleOptionsContradict = explain<{ what: string; next: string }>('SEQ0674', ({ what, next }) => ({
  what,
  why: 'Nothing was written',
  next,
}));
