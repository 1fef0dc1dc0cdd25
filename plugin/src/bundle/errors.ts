import type { AbsentSequence } from '../mirror/way-back';
import { commandsBack, retiredLines } from '../mirror/way-back';
import type { Digest } from '../oci/digest';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { explain, warning } from '../system/errors';
import { printable } from '../system/printable';

const mostNamed = 20;

export const archivesNeeded = explain<{
  mirror: string;
  lacking: readonly (AbsentSequence & { archive: string })[];
  blobs: number;
  bytes: number;
}>('SEQ0671', ({ mirror, lacking, blobs, bytes }) => {
  const sequences = [...new Map(lacking.map((each) => [each.number, each])).values()].sort(
    (a, b) => a.number - b.number,
  );
  const what =
    blobs === 0
      ? `${counted(lacking.length, 'archive')} of the bundle ${lacking.length === 1 ? 'is' : 'are'} missing or changed on this machine`
      : `${counted(blobs, 'blob')} (${formatBytes(bytes)}) of the bundle ${blobs === 1 ? 'is' : 'are'} in no archive on this machine`;
  return {
    what,
    details: [
      ...lacking.slice(0, mostNamed).map(({ folder, archive }) => `missing or incomplete: ${archive} of ${folder}`),
      ...retiredLines(sequences),
    ],
    why: 'seqmirror copies the content of a bundle from the archives in the store. Nothing was written',
    next:
      sequences.length === 0
        ? `nx run ${mirror}:validate`
        : `Copy the archives back into the store, or make them again: ${commandsBack(mirror, sequences)}`,
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
  what: `${archive} of ${folder} is damaged: the content of the blob ${digest} is not what was sealed`,
  details: [`${formatBytes(bytes)} at ${offset}: ${why}`],
  why: 'seqmirror hashes each blob while it copies it. Keep the files that are already complete on the medium',
  next: `nx run ${mirror}:reissue --sequence=seq${number}, then run the same command again`,
}));

export const wholeArchiveDamaged = explain<{
  mirror: string;
  archive: string;
  folder: string;
  number: number;
  sha256: string;
  actual: string;
}>('SEQ0672', ({ mirror, archive, folder, number, sha256, actual }) => ({
  what: `${archive} of ${folder} is damaged: its sha256 differs from the sealed sha256`,
  details: [`sealed: ${sha256}`, `found:  ${actual}`],
  why: 'seqmirror hashes each archive while it copies it. Keep the files that are already complete on the medium',
  next: `nx run ${mirror}:reissue --sequence=seq${number}, then run the same command again`,
}));

export const outputTaken = explain<{ output: string; found: readonly string[] }>('SEQ0675', ({ output, found }) => ({
  what: `${printable(output)} contains files that do not belong to this bundle`,
  details: found.slice(0, mostNamed).map((name) => printable(name)),
  why: 'oc-mirror reads every archive in a folder, so seqmirror writes a bundle only into an empty folder. Nothing was written',
  next: 'Give an empty folder with --output, or delete these files',
}));

export const mediumReadsWrong = explain<{
  output: string;
  files: readonly string[];
}>('SEQ0676', ({ output, files }) => ({
  what: `${counted(files.length, 'file')} in ${printable(output)} ${files.length === 1 ? 'differs' : 'differ'} from what seqmirror wrote`,
  details: files.slice(0, mostNamed).map((name) => printable(name)),
  why: 'seqmirror hashed every byte before it wrote it, so the medium, the drive or the cable changed the data',
  next: 'Run the same command again to write these files again. If the files differ again, use another medium',
}));

/** SEQ0677 */
export const imageProgramMissing = explain('SEQ0677', () => ({
  what: 'xorriso is not installed, so seqmirror cannot make an ISO image',
  why: 'seqmirror makes and reads images with xorriso. Nothing was written',
  next: 'Install xorriso, or leave out --image and burn the folder of each volume with your own program',
}));

/** SEQ0677 */
export const imageProgramFailed = explain<{ output: string; said: string }>('SEQ0677', ({ output, said }) => ({
  what: `xorriso could not make ${printable(output)}`,
  details: [`it says: ${printable(said, { limit: 300 })}`],
  why: 'The folder of the volume is complete. There is no image of it',
  next: 'Look at the space and the permissions of the output folder, and run the same command again',
}));

/** SEQ0677 */
export const imageTooLarge = explain<{ output: string; bytes: number; of: number }>(
  'SEQ0677',
  ({ output, bytes, of }) => ({
    what: `${printable(output)} would have ${formatBytes(bytes)}, and the medium has ${formatBytes(of)}`,
    why: 'The medium cannot hold the file system of an ISO image and these files',
    next: 'Name a disc with --media: dvd5, dvd9, bd25, bd50 or bd100. seqmirror then leaves space for the file system',
  }),
);

export const reissueDiffers = explain<{ id: string; why: string }>('SEQ0678', ({ id, why }) => ({
  what: `The transfer ${id} cannot be written again as it was sent: ${why}`,
  why: 'A volume fits the other volumes of its transfer only if it is identical to the one that was sent',
  next: 'Use the same --media and the same version of seqmirror as for the first writing. Or make a new bundle with all volumes',
}));

export const needUnreadable = explain<{ file: string; why: string }>('SEQ0679', ({ file, why }) => ({
  what: `The list --need=${printable(file)} cannot be used: ${why}`,
  why: 'The file must list the digests that the site lacks, one `sha256:…` per line',
  next: 'Use the file that the site sent, unchanged',
}));

export const outputNotWritable = explain<{
  output: string;
  needed: number;
  free: number;
}>('SEQ0701', ({ output, needed, free }) => ({
  what: `The bundle needs ${formatBytes(needed)} in ${printable(output)}; ${formatBytes(free)} are free`,
  why: 'The disk is too small for the bundle. Nothing was written',
  next: `Free ${formatBytes(needed - free)} on this disk, or spread the bundle over several media with --media`,
}));

export const uploaderNotBuilt = explain<{ path: string }>('SEQ0704', ({ path }) => ({
  what: `The upload program ${printable(path)}, which every bundle contains, is missing`,
  why: 'Without this program, a site that has no oc-mirror cannot upload the bundle',
  next: 'Install seqmirror again. In the repository of seqmirror itself, run `npm run build`',
}));

/** oc-mirror's own disk-to-mirror will miss files that are found nowhere. */
export const filesNowhere = warning<{
  folder: string;
  lacking: readonly string[];
}>('SEQ0336', ({ folder, lacking }) => ({
  what: `The bundle lacks files of ${folder} that oc-mirror needs in addition to the images`,
  details: lacking.map((what) => `not found: ${printable(what)}`),
  why: 'No archive on this machine has these files as they were sealed. All images are complete, and the enclosed uploader does not need the files',
  next: 'Run `nx run <mirror>:reissue --sequence=seq<N>` for this sequence, then bundle again',
}));

/** SEQ0654: this side does not have what a second person would sign. */
export const notOursToSign = explain<{ file: string; problem: string; next: string }>(
  'SEQ0654',
  ({ file, problem, next }) => ({
    what: `${printable(file)} did not get the second signature: ${printable(problem, { limit: 300 })}`,
    why: 'The second signature means that a second person has checked what the first person signed',
    next,
  }),
);

export const bundleOptionsContradict = explain<{ what: string; next: string }>('SEQ0674', ({ what, next }) => ({
  what,
  why: 'Nothing was written',
  next,
}));
