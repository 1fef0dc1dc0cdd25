import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0246: there is nothing that could be adopted. */
export const nothingToAdopt = explain<{ source: string; why: string }>('SEQ0246', ({ source, why }) => ({
  what: `${printable(source)} holds nothing to adopt`,
  why,
  next: 'Name the folder that holds mirror_000001.tar, or the one whose seqN-… folders hold them',
}));

/** SEQ0249: nothing says what an archive should hold. */
export const noConfiguration = explain<{ source: string }>('SEQ0249', ({ source }) => ({
  what: `${printable(source)} has no imageset configuration`,
  why: 'Neither is one in the folder or beside it, nor did oc-mirror pack one into the archives',
  next: 'Give the one that it was mirrored with: --config=<file>',
}));

/** SEQ0251: a file of a sequence by its name is something else. */
export const fileRefused = explain<{
  file: string;
  why: string;
  next?: string | undefined;
}>('SEQ0251', ({ file, why, next }) => ({
  what: `${printable(file)} is not taken`,
  why,
  next: next ?? 'Find out where this folder comes from: neither oc-mirror nor the original script makes such a file',
}));
