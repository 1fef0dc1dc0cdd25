import type { AcknowledgeOutcome } from '../transfer/acknowledge';

/** What `acknowledge` took in, what changed by it, and what to do next. */
export function renderAcknowledgement(outcome: AcknowledgeOutcome, project: string): string {
  const { site, entry, from, transfers, changed, done, signedBy } = outcome;
  const states = transfers.map(({ id, state }) => `${id} is ${state}`);
  if (!changed) {
    return `${site}: ${entry === undefined ? 'that is known already' : `seq${entry.sequence} is ${entry.confidence} already (${entry.at.slice(0, 10)})`}; nothing to do`;
  }
  const facts =
    entry === undefined
      ? states
      : [
          `has seq${entry.sequence}, ${entry.confidence} (${placeIn(entry.held_in)})`,
          beforeIn(from, entry.sequence),
          ...states,
        ];
  const signed = signedBy === undefined ? '' : `; signed by ${signedBy}`;
  const what = `${site}: ${facts.filter((fact) => fact !== '').join('; ')}${signed}`;
  if (!done) return `${what} (dry run; nothing was written)`;
  return `${what}\nNext: nx run ${project}:${entry === undefined ? 'bundle' : 'status'}`;
}

function placeIn(heldIn: 'registry' | 'cache' | 'both'): string {
  return heldIn === 'both' ? "registry and oc-mirror's cache" : heldIn === 'cache' ? "oc-mirror's cache" : 'registry';
}

function beforeIn(from: number, to: number): string {
  if (from === to) return '';
  return from === 0 ? 'it had nothing before' : `it had seq${from} before`;
}
