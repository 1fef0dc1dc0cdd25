/** docs/errors.md: each code with an anchor and its title, and below it every message that it may come with. */
import type { ErrorCode } from '../../plugin/src/system/error-codes';
import { errorCodes } from '../../plugin/src/system/error-codes';
import { withoutTexts } from '../../plugin/src/system/explain-code';
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
        messageItems(words.get(code) ?? []) || withoutTexts(code as ErrorCode),
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

/** The messages of a code. A part that is the same in three or more messages follows once, below all of them. */
function messageItems(messages: readonly ErrorWords[]): string {
  const shared = (['why', 'next'] as const).filter((name) => {
    const [first, ...others] = messages.map((message) => message[name].join('\n'));
    return others.length > 1 && first !== '' && others.every((each) => each === first);
  });
  const [first] = messages;
  return [
    ...messages.map((message) => messageItem({ ...message, ...Object.fromEntries(shared.map((name) => [name, []])) })),
    ...shared.flatMap((name) =>
      item(
        '- ',
        '',
        (first?.[name] ?? []).map((text) => `${name === 'why' ? 'Why' : 'Next'}, in each case: ${text}`),
      ),
    ),
  ].join('\n');
}

function messageItem({ what, why, next }: ErrorWords): string {
  return [
    ...item('- ', 'One of these messages', what.map(fromItsBeginning)),
    ...part('Why', why),
    ...part('Next', next),
  ].join('\n');
}

/** A message begins in lower case if it stands after the place in a file: `seqmirror.yaml:3:1: this key …`. */
function fromItsBeginning(text: string): string {
  return text.replace(/^(?:this|the|two|a|an) /, (word) => (word[0] ?? '').toUpperCase() + word.slice(1));
}

function part(name: string, texts: readonly string[]): string[] {
  const isOne = new Set(texts).size === 1;
  return item(isOne ? `  - ${name}: ` : '  - ', `${name} (one of these)`, texts);
}

/** One text in the line; several texts as a list below a head. */
function item(start: string, head: string, texts: readonly string[]): string[] {
  const [first, ...others] = [...new Set(texts)].map(escaped);
  if (first === undefined) return [];
  if (others.length === 0) return [`${start}${first}`];
  const indent = ' '.repeat(start.length);
  return [`${start}${head}:`, ...[first, ...others].map((text) => `${indent}- ${text}`)];
}

/** Plain text as Markdown. What is between backticks stays. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/`[^`]*`|[<*_[\]\\]/g, (match) => (match === '<' ? '&lt;' : match.length > 1 ? match : `\\${match}`));
}
