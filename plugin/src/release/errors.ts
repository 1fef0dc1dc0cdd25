import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0248: the list of a release's components is something else. */
export function unreadableImageReferences(facts: { file: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0248',
    what: `${printable(facts.file)} is not the list of a release's images`,
    why: facts.why,
    next: 'Take the archive from another copy, or make it again',
  });
}
