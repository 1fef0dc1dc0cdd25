import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

const next = 'Take the archive from another copy, or make it again';

/** SEQ0247: what should be a file-based catalog is something else. */
export function unreadableCatalog(facts: { file: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0247',
    what: `${printable(facts.file)} is no file-based catalog`,
    why: facts.why,
    next,
  });
}

/** SEQ0247: more than any catalog has. */
export function oversizedCatalog(facts: { file: string; what: string; limit: number }): SeqmirrorError {
  return unreadableCatalog({
    file: facts.file,
    why: `It has more than ${facts.limit} ${facts.what}, which no catalog has`,
  });
}
