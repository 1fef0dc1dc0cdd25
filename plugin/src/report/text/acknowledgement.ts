import { posix } from 'node:path';
import type { LedgerEntry } from '../../mirror/sites/sites';
import type { AcknowledgeOutcome } from '../../sites/acknowledge';
import { commitOf } from './commit';

/** What `acknowledge` took in, what changed by it, and what to do next. */
export function renderAcknowledgement(
  outcome: AcknowledgeOutcome,
  {
    project,
    mirror,
  }: { readonly project: string; readonly mirror: { readonly name: string; readonly mirrorRoot: string } },
): string {
  const { site, entry, from, transfers, changed, done, signedBy } = outcome;
  const states = transfers.map(({ id, state }) => `${id} is ${state}`);
  if (!changed) {
    return `${site}: ${entry === undefined ? 'this is already recorded' : `seq${entry.sequence} is already ${entry.confidence} (${entry.at.slice(0, 10)})`}; nothing to do`;
  }
  const facts = entry === undefined ? states : [entryInWords(entry, from), ...states];
  const signed = signedBy === undefined ? '' : `; signed by ${signedBy}`;
  const what = `${site}: ${facts.join('; ')}${signed}`;
  if (!done) return `${what} (dry run; nothing was written)`;
  const next = entry === undefined ? `${project}:bundle --output=<folder>` : `${mirror.name}:status`;
  return `${what}\nNext: ${commitOf(posix.join(mirror.mirrorRoot, 'sites'))}, then nx run ${next}`;
}

/** What a site has by its ledger, and had before. @param from its head before; 0: nothing */
export function entryInWords({ sequence, confidence, held_in: heldIn }: LedgerEntry, from: number): string {
  const now = `has seq${sequence}, ${confidence} (${placeIn(heldIn)})`;
  if (from === sequence) return now;
  return `${now}; ${from === 0 ? 'it had nothing before' : `it had seq${from} before`}`;
}

function placeIn(heldIn: 'registry' | 'cache' | 'both'): string {
  return heldIn === 'both' ? "registry and oc-mirror's cache" : heldIn === 'cache' ? "oc-mirror's cache" : 'registry';
}
