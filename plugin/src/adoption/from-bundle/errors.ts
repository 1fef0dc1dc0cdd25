import { explain } from '../../system/errors';
import { printable } from '../../system/printable';

/** SEQ0255: the bundle belongs to a mirror with another id. */
export const bundleOfOtherMirror = explain<{
  bundle: string;
  theirs: string;
  ours: string;
  settingsFile: string;
}>('SEQ0255', ({ bundle, theirs, ours, settingsFile }) => ({
  what: `${printable(bundle)} belongs to the mirror with the id ${printable(theirs)}, but this mirror has the id ${printable(ours)}`,
  why: 'The id names the data directory on this machine and the site folder on the far side, so it must stay the same',
  next: `To restore the mirror of the bundle, set \`id: ${printable(theirs)}\` in ${printable(settingsFile)}, and run the same command again`,
}));

/** SEQ0255: this mirror has sealed other content under a number. */
export const chainsDiffer = explain<{
  number: number;
  ours: string;
  theirs: string;
  bundle: string;
}>('SEQ0255', ({ number, ours, theirs, bundle }) => ({
  what: `seq${number} is ${printable(ours)} in this mirror, but ${printable(theirs)} in ${printable(bundle)}`,
  why: 'seqmirror never overwrites a sealed sequence. Nothing was changed',
  next: 'Check that this mirror made the bundle. You can adopt the bundle into a mirror that does not have these sequences',
}));

/** SEQ0255: files here have another text than those of the bundle. */
export const filesDiffer = explain<{ files: readonly string[]; bundle: string }>('SEQ0255', ({ files, bundle }) => ({
  what: `${files.length === 1 ? `${printable(files[0] ?? '')} differs from the file` : `${files.length} files differ from those`} in ${printable(bundle)}`,
  details: files.slice(0, 10).map((file) => printable(file)),
  why: 'seqmirror never overwrites these files. Nothing was changed',
  next: 'Compare the files. Move away the files that the bundle must replace, and run the same command again',
}));

/** SEQ0255: in the place of a record is something that is not a regular file. */
export const recordNotAFile = explain<{ file: string }>('SEQ0255', ({ file }) => ({
  what: `${printable(file)} is not a regular file`,
  why: 'A bundle contains only regular files. A link could lead to any file of this machine',
  next: 'Do not use this medium. Ask the sender by phone or mail whether this file is from the sender, and ask for a new medium',
}));
