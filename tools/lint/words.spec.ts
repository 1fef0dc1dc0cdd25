import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bannedIn } from './words.mjs';

const root = join(__dirname, '../..');
// These files name the banned words.
const naming = ['tools/lint/words.mjs', 'tools/lint/words.d.mts', 'tools/lint/words.spec.ts'];

const wordsIn = (text: string) => bannedIn(text, { isCode: true }).map(({ words }) => words);

describe('bannedIn', () => {
  it.each([
    ["it('refuses a number that is none')", ['is none']],
    ['/** A line; `undefined` if there is none. */', ['is none']],
    ['Without the file there are none', ['are none']],
    ['/** Makes it anew. */', ['anew']],
    ['Mend it, or have it mended', ['Mend', 'mended']],
    ['a text that is not to\n * be had', ['to be had']],
    ['// whoever is told\n  // of it', ['told of']],
    ['  /** Of the body. */', ['Of']],
    ['/**\n * Of the body, as\n * handed over.\n */', ['Of']],
    ['run(); // Of all files', ['Of']],
    ['{ /** Of both */ lines: number }', ['Of']],
  ])('finds in %j: %j', (text, words) => expect(wordsIn(text)).toEqual(words));

  it.each([
    'amend, recommend, commend, mendacious',
    'it is none of the three; none is there',
    '/** The number of files. Of all files, it counts two. */',
    "const title = 'https://example.com/ Of mice';",
    'has to be handed over',
  ])('finds nothing in %j', (text) => expect(wordsIn(text)).toEqual([]));

  it('names the line', () => expect(bannedIn('one\ntwo anew\n')).toMatchObject([{ line: 2, instead: 'again' }]));
});

it('nothing that people read in this repository has a banned word', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
    .toString()
    .split('\n')
    .filter((file) => /\.(?:[cm]?[jt]s|md|sh|json|ya?ml)$/.test(file) && !naming.includes(file));
  expect(files.length).toBeGreaterThan(1000);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return bannedIn(text, { isCode: /\.[cm]?[jt]s$/.test(file) }).map(
      ({ line, words, instead }) => `${file}:${line}: "${words}": write ${instead}`,
    );
  });
  expect(found).toEqual([]);
});
