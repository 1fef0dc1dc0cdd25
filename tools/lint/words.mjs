/** The words that comments, test titles and texts of this repository do without, and what to write instead. */

/** @type {readonly { readonly words: string, readonly instead: string }[]} */
export const bannedWords = [
  { words: '(?:is|are|was|were) none(?! of)', instead: 'something that is not a …, is missing, or does not exist' },
  { words: 'is none of (?:ours|its|our|theirs|ours)', instead: 'is not ours' },
  { words: 'such as is', instead: 'the one that is' },
  { words: '(?:un)?mend(?:s|ed|ing)?', instead: 'repair, correct, reissue' },
  { words: 'anew', instead: 'again' },
  { words: 'afresh', instead: 'again, from the start' },
  { words: 'to be had|be had any more', instead: 'available' },
  { words: 'silence is', instead: 'no output means' },
  { words: 'told of', instead: 'is called with, reports' },
  { words: 'by another way than', instead: 'in another way than' },
  { words: 'whose is whose', instead: 'which belongs to which' },
];

/** A comment that begins with "Of" has no verb. */
const beginsWithOf = String.raw`(?:^|\n)[ \t]*(?:[^\n"'\x60]*[ \t])?(?:\/\/|\/\*\*?|\*)[ \t]+Of(?=[ \t]+[a-z\x60])`;

/** Words may be split over the lines of a comment. */
const withBreaks = (words) => words.replaceAll(' ', String.raw`(?:[ \t]|\r?\n[ \t]*(?:\*|\/\/|#|>)?[ \t]*)+`);

const patterns = bannedWords.map(({ words, instead }) => ({
  pattern: new RegExp(String.raw`(?<![\w-])(?:${withBreaks(words)})(?![\w-])`, 'gi'),
  instead,
}));

/**
 * The banned words in a text, with their places.
 *
 * @param options.isCode comments that begin with "Of" count too
 */
export function bannedIn(text, { isCode = false } = {}) {
  const found = patterns.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map(({ 0: words, index }) => ({ index, words, instead })),
  );
  if (isCode)
    for (const { 0: words, index } of text.matchAll(new RegExp(beginsWithOf, 'g')))
      found.push({ index: index + words.length - 2, words: 'Of', instead: 'a noun or a sentence' });
  return found
    .sort((a, b) => a.index - b.index)
    .map(({ index, words, instead }) => ({
      index,
      line: text.slice(0, index).split('\n').length,
      words: words.replace(/\s+(?:\*|\/\/|#|>)?\s*/g, ' '),
      instead,
    }));
}

const plainWords = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Comments, titles and texts do without the banned words' },
    schema: [],
  },
  create: (context) => ({
    Program: () => {
      const { text } = context.sourceCode;
      for (const { index, words, instead } of bannedIn(text, { isCode: true }))
        context.report({
          loc: context.sourceCode.getLocFromIndex(index),
          message: `"${words}": write ${instead} (tools/lint/words.mjs)`,
        });
    },
  }),
};

export default { rules: { 'plain-words': plainWords } };
