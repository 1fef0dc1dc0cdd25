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
          'Its messages differ from case to case. Each names what is wrong, and what to do.',
      ]),
  ]);
  return [
    '# Error codes',
    'Every message of seqmirror has a code. This page lists what the messages of each code say, why, and what to do next; ' +
      'what is between &lt; and > differs from case to case. A code keeps its meaning for ever, so scripts can rely on it. ' +
      'Each code is an anchor: `docs/errors.md#seq0301`. Without a network, `npx seqmirror explain SEQ0301` prints the same, and on the far side `node seqmirror-upload.js --explain=SEQ0301`. `npm run docs` makes the page from the sources.',
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
