import { SeqmirrorError } from '../system/errors';

export function notVoidable(facts: { folder: string; why: string; next: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0230',
    what: `${facts.folder} cannot be made void`,
    why: facts.why,
    next: facts.next,
  });
}

export function notRenumberable(facts: { folder: string; why: string; next: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0231',
    what: `${facts.folder} cannot be renumbered`,
    why: facts.why,
    next: facts.next,
  });
}
