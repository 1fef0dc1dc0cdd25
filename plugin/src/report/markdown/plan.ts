import type { PlanOutcome } from '../../mirroring/plan/plan';
import type { PlanFact, PlanLine } from '../plan-content';
import { contentOf } from '../plan-content';

/**
 * The same for a comment on a pull request. Foreign text is set as code, so that it is never a link, a picture or a
 * mention.
 */
export function planInMarkdown(outcome: PlanOutcome): string {
  if (outcome.kind === 'waiting')
    return `**${outcome.folder}**: what it adds can be told when ${outcome.waitsFor} is sealed`;
  const { title, made, columns, rows, facts, next } = contentOf(outcome.plan);
  return [
    `### ${title}`,
    '',
    made,
    '',
    rowOf(columns.map((column) => column.title.toLowerCase())),
    rowOf(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(rowOf),
    '',
    ...facts.flatMap(factInMarkdown),
    `- **Next:** ${lineInMarkdown(next)}`,
  ].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function factInMarkdown({ name, lines }: PlanFact): string[] {
  const [only] = lines;
  if (only !== undefined && lines.length === 1) return [`- **${name}:** ${lineInMarkdown(only)}`];
  return [`- **${name}:**`, ...lines.map((line) => `  - ${lineInMarkdown(line)}`)];
}

function lineInMarkdown({ text, quoted }: PlanLine): string {
  return [text, quoted === undefined ? undefined : asCode(quoted)].filter((part) => part !== undefined).join(' ');
}

/** Inside code, only a backtick has a meaning. */
function asCode(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
