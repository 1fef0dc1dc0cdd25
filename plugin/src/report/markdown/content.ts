import type { Content, Fact, Line } from '../content';

/**
 * A plan or a difference for a comment on a pull request. Foreign text is set as code, so that it is never a link, a
 * picture or a mention.
 */
export function contentInMarkdown({ title, made, columns, rows, facts, patch, next }: Content): string {
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
    ...(patch === undefined ? [] : ['', ...asBlock('diff', patch)]),
    ...(next === undefined ? [] : [`- **Next:** ${lineInMarkdown(next)}`]),
  ].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function factInMarkdown({ name, lines }: Fact): string[] {
  const [only] = lines;
  if (only !== undefined && lines.length === 1) return [`- **${name}:** ${lineInMarkdown(only)}`];
  return [`- **${name}:**`, ...lines.map((line) => `  - ${lineInMarkdown(line)}`)];
}

function lineInMarkdown({ text, quoted }: Line): string {
  return [text, quoted === undefined ? undefined : asCode(quoted)].filter((part) => part !== undefined).join(' ');
}

/** Inside code, only a backtick has a meaning. */
export function asCode(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** The fence is longer than any row of backticks inside, so that no line of the text can end the block. */
function asBlock(language: string, text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence];
}
