/** Errors for records of one sequence that contradict each other. */
import { cutDetails, finding } from '../system/errors';
import { printable } from '../system/printable';

export const sumsDisagree = finding<{
  folder: string;
  file: string;
  details: readonly string[];
}>('SEQ0235', ({ folder, file, details }) => ({
  at: { file },
  what: `SHA256SUMS and seq-metadata.yaml of ${folder} disagree about its archives`,
  why: 'seqmirror writes both files together, so one of the two files was edited or comes from another copy',
  details: cutDetails(details),
  next: `git restore ${printable(file)}`,
}));

/** Facts that no seal covers, since only people read them, and facts that follow from sealed ones. */
export const factsEdited = finding<{
  folder: string;
  file: string;
  details: readonly string[];
}>('SEQ0233', ({ folder, file, details }) => ({
  at: { file },
  what: `seq-metadata.yaml of ${folder} contradicts its other records`,
  why: 'The file was edited after the sequence was sealed. Its facts about sizes and needed sequences are wrong',
  details: cutDetails(details),
  next: `git restore ${printable(file)}`,
}));

/** The script from which sequences' folders get theirs is not one that a release wrote. */
export const mirrorScriptEdited = finding<{ file: string }>('SEQ0233', ({ file }) => ({
  at: { file },
  what: 'The upload script of this mirror was changed',
  why: 'These files run at the site, where nobody can compare them with the originals',
  next: 'Restore the script from Git, or delete it: seqmirror writes it again when it seals the next sequence',
}));

/** The files for uploading in a sequence's folder are not what was written there. */
export const uploadFilesEdited = finding<{
  folder: string;
  file: string;
  details: readonly string[];
}>('SEQ0233', ({ folder, file, details }) => ({
  at: { file },
  what: `Files of ${folder} for the upload were changed`,
  why: 'These files run at the site, where nobody can compare them with the originals',
  details: cutDetails(details),
  next: 'Restore these files from Git. Or delete these files and seq-upload.env: the next run of the sequence writes the files again',
}));
