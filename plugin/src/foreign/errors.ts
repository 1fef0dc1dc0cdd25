import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0246: there is nothing that could be adopted. */
export const nothingToAdopt = explain<{ source: string; why: string }>('SEQ0246', ({ source, why }) => ({
  what: `${printable(source)} contains no archives that seqmirror can adopt`,
  why,
  next: 'Give the folder that contains mirror_000001.tar, or the folder that contains the seqN-… folders with archives',
}));

/** SEQ0249: nothing says what an archive should hold. */
export const noConfiguration = explain<{ source: string }>('SEQ0249', ({ source }) => ({
  what: `No imageset configuration was found for the archives in ${printable(source)}`,
  why: 'There is no configuration in the folder, beside the folder, or in the archives themselves',
  next: 'Give the configuration from which oc-mirror made these archives: --config=<file>',
}));

/** SEQ0251: a file of a sequence by its name is something else. */
export const fileRefused = explain<{
  file: string;
  why: string;
  next?: string | undefined;
}>('SEQ0251', ({ file, why, next }) => ({
  what: `seqmirror does not adopt ${printable(file)}`,
  why,
  next: next ?? 'Find out where this folder comes from: oc-mirror and the original script do not write such files',
}));
