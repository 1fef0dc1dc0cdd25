import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

export function misused(problem: string): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0649',
    what: printable(problem, { limit: 200 }),
    why: 'Nothing was done',
    next: 'node seqmirror-upload.js --help shows every option',
  });
}
