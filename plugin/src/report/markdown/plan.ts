import type { PlanOutcome } from '../../mirroring/plan/plan';
import { contentOf } from '../plan-content';
import { contentInMarkdown } from './content';

/** The output of `nx run mirror:plan --format=markdown`. */
export function planInMarkdown(outcome: PlanOutcome): string {
  if (outcome.kind === 'waiting')
    return `**${outcome.folder}**: seqmirror can plan it when ${outcome.waitsFor} is sealed`;
  return contentInMarkdown(contentOf(outcome.plan));
}
