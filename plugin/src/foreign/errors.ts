import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0246: there is nothing that could be adopted. */
export function nothingToAdopt(facts: { source: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0246',
    what: `${printable(facts.source)} holds nothing to adopt`,
    why: facts.why,
    next: 'Name the folder that holds mirror_000001.tar, or the one whose seqN-… folders hold them',
  });
}

/** SEQ0249: nothing says what an archive was to hold. */
export function noConfiguration(facts: { source: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0249',
    what: `${printable(facts.source)} has no imageset configuration`,
    why: 'Neither is one in the folder or beside it, nor did oc-mirror pack one into the archives',
    next: 'Give the one that it was mirrored with: --config=<file>',
  });
}

/** SEQ0251: what looks like a file of a sequence is something else. */
export function fileRefused(facts: { file: string; why: string; next?: string | undefined }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0251',
    what: `${printable(facts.file)} is not taken`,
    why: facts.why,
    next: facts.next ?? 'Where does this folder come from? Neither oc-mirror nor the original script makes such a file',
  });
}
