/** docs/errors.md: each code with an anchor and its title, and below it every message that it may come with. */
import { errorCodes } from '../../plugin/src/system/error-codes';
import type { ErrorWords } from './error-words';

const chapters: Readonly<Record<string, string>> = {
  '01': 'Settings and imageset configuration',
  '02': 'The chain',
  '03': 'Archives',
  '04': 'Engines',
  '05': 'Registries',
  '06': 'Transfers and sites',
  '07': 'The machine',
};

/** The page in Markdown. */
export function errorsPage(words: ReadonlyMap<string, readonly ErrorWords[]>): string {
  const codes = Object.entries(errorCodes).sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = Object.entries(chapters).flatMap(([digits, title]) => [
    `## ${title}`,
    ...codes
      .filter(([code]) => code.startsWith(`SEQ${digits}`))
      .flatMap(([code, meaning]) => [
        `<a id="${code.toLowerCase()}"></a>`,
        `### ${code}: ${escaped(meaning)}`,
        words.get(code)?.map(messageItem).join('\n') ??
          'The messages of this code are different in each case. Each message says what failed and what to do.',
      ]),
  ]);
  return [
    '# Error codes',
    'Each error message of seqmirror starts with a code, for example SEQ0301. This page lists all codes, and below each code its messages. ' +
      'Each message says what failed, why, and what to do next. A word between &lt; and > stands for a value, for example a file name.',
    'The meaning of a code never changes, so scripts can test for a code. ' +
      'To link to a code, use its anchor, for example `docs/errors.md#seq0301`.',
    'You can read the same text without a network. Run `npx seqmirror explain SEQ0301`, or, on the far side, `node seqmirror-upload.js --explain=SEQ0301`.',
    '`npm run docs` makes this page from the source code.',
    ...sections,
    '',
  ].join('\n\n');
}

function messageItem({ what, why, next }: ErrorWords): string {
  return [
    `- ${alternatives(what)}`,
    ...(why.length === 0 ? [] : [`  - Why: ${alternatives(why)}`]),
    ...(next.length === 0 ? [] : [`  - Next: ${alternatives(next)}`]),
  ].join('\n');
}

function alternatives(texts: readonly string[]): string {
  return [...new Set(texts)].map(escaped).join('; _or:_ ');
}

/** Plain text as Markdown. What is between backticks stays. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/`[^`]*`|[<*_[\]\\]/g, (match) => (match === '<' ? '&lt;' : match.length > 1 ? match : `\\${match}`));
}
