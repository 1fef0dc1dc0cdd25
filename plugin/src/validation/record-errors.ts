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
  why: 'Both are written together, so one was edited or comes from another copy',
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
  why: 'It was edited after the sequence was sealed; people would carry too little or too much',
  details: cutDetails(details),
  next: `git restore ${printable(file)}`,
}));

/** The script from which sequences' folders get theirs is not one that a release wrote. */
export const mirrorScriptEdited = finding<{ file: string }>('SEQ0233', ({ file }) => ({
  at: { file },
  what: 'The upload script of this mirror is not what was written there',
  why: 'It would run on the far side, where nobody can check it',
  next: 'Restore it from Git, or remove it: the next seal writes it again',
}));

/** The files for uploading in a sequence's folder are not what was written there. */
export const uploadFilesEdited = finding<{
  folder: string;
  file: string;
  details: readonly string[];
}>('SEQ0233', ({ folder, file, details }) => ({
  at: { file },
  what: `What uploads from a copy of ${folder} is not what was written there`,
  why: 'It would run on the far side, where nobody can check it',
  details: cutDetails(details),
  next: 'Restore these files from Git, or remove them with seq-upload.env, and the next run of the sequence writes them again',
}));
