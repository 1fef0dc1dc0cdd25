import type { Content, Fact, Line } from '../content';
import { renderTable } from './table';

/** A plan or a difference for a terminal: one screen. */
export function contentInWords({ title, made, columns, rows, facts, patch, next }: Content): string {
  return [
    title,
    made,
    '',
    renderTable(columns, rows),
    '',
    ...facts.flatMap(factInWords),
    ...(patch === undefined ? [] : ['', patch]),
    ...(next === undefined ? [] : [`Next: ${lineInWords(next)}`]),
  ].join('\n');
}

function factInWords({ name, lines }: Fact): string[] {
  const [only] = lines;
  if (only !== undefined && lines.length === 1) return [`${name}: ${lineInWords(only)}`];
  return [`${name}:`, ...lines.map((line) => `  ${lineInWords(line)}`)];
}

function lineInWords({ text, quoted }: Line): string {
  return [text, quoted].filter((part) => part !== undefined).join(' ');
}
