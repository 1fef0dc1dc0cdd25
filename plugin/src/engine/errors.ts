import type { Finding } from '../system/errors';
import { renderExplanation, SeqmirrorError } from '../system/errors';

/** SEQ0470: no engine that is here and asked for can do it. */
export function noEngineFor(facts: { tried: string; findings: readonly Finding[]; next: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0470',
    what: `${facts.tried} cannot mirror this configuration`,
    why: 'Nothing has been downloaded',
    next: facts.next,
    details: facts.findings.map(renderExplanation),
  });
}
