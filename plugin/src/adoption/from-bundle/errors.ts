import { explain } from '../../system/errors';
import { printable } from '../../system/printable';

/** SEQ0255: the bundle belongs to a mirror with another id. */
export const bundleOfOtherMirror = explain<{
  bundle: string;
  theirs: string;
  ours: string;
  settingsFile: string;
}>('SEQ0255', ({ bundle, theirs, ours, settingsFile }) => ({
  what: `${printable(bundle)} is of the mirror with the id ${printable(theirs)}, and this one has ${printable(ours)}`,
  why: 'The id names the data directory here and the site folder on the far side, which know the chain by it',
  next: `If this is to be that mirror again, set \`id: ${printable(theirs)}\` in ${printable(settingsFile)}, then the same command`,
}));

/** SEQ0255: this mirror has sealed other content under a number. */
export const chainsDiffer = explain<{
  number: number;
  ours: string;
  theirs: string;
  bundle: string;
}>('SEQ0255', ({ number, ours, theirs, bundle }) => ({
  what: `seq${number} is ${printable(ours)} here and ${printable(theirs)} in ${printable(bundle)}`,
  why: 'What is sealed is never overwritten; nothing was changed',
  next: 'Check that this mirror made the bundle. It can be adopted into a workspace without these sequences',
}));

/** SEQ0255: files here have another text than those of the bundle. */
export const filesDiffer = explain<{ files: readonly string[]; bundle: string }>('SEQ0255', ({ files, bundle }) => ({
  what: `${files.length === 1 ? `${printable(files[0] ?? '')} is` : `${files.length} files are`} not what ${printable(bundle)} has`,
  details: files.slice(0, 10).map((file) => printable(file)),
  why: 'What is here is never overwritten; nothing was changed',
  next: 'Look at the differences; move aside what is to come from the bundle, then the same command',
}));

/** SEQ0255: in the place of a record is something that is not a regular file. */
export const recordNotAFile = explain<{ file: string }>('SEQ0255', ({ file }) => ({
  what: `${printable(file)} is not a regular file`,
  why: 'seqmirror writes nothing else on a medium; a link could lead anywhere',
  next: 'Do not use this medium; ask its sender by phone or mail',
}));
