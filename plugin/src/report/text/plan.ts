import type { PlanOutcome } from '../../mirroring/plan/plan';
import type { PlanFact, PlanLine } from '../plan-content';
import { contentOf } from '../plan-content';
import { renderTable } from './table';

/** The output of `nx run mirror:plan`, and of a dry run of `mirror`: one screen. */
export function renderPlan(outcome: PlanOutcome): string {
  if (outcome.kind === 'waiting')
    return `${outcome.folder}: what it adds can be told when ${outcome.waitsFor} is sealed`;
  const { title, made, columns, rows, facts, next } = contentOf(outcome.plan);
  return [
    title,
    made,
    '',
    renderTable(columns, rows),
    '',
    ...facts.flatMap(factInWords),
    `Next: ${lineInWords(next)}`,
  ].join('\n');
}

function factInWords({ name, lines }: PlanFact): string[] {
  const [only] = lines;
  if (only !== undefined && lines.length === 1) return [`${name}: ${lineInWords(only)}`];
  return [`${name}:`, ...lines.map((line) => `  ${lineInWords(line)}`)];
}

function lineInWords({ text, quoted }: PlanLine): string {
  return [text, quoted].filter((part) => part !== undefined).join(' ');
}
