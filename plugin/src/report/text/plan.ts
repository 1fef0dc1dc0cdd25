import type { PlanOutcome } from '../../mirroring/plan/plan';
import { contentOf } from '../plan-content';
import { contentInWords } from './content';

/** The output of `nx run mirror:plan`, and of a dry run of `mirror`. */
export function renderPlan(outcome: PlanOutcome): string {
  if (outcome.kind === 'waiting') return `${outcome.folder}: seqmirror can plan it when ${outcome.waitsFor} is sealed`;
  return contentInWords(contentOf(outcome.plan));
}
