import fc from 'fast-check';
import { columnsOf, fitLines } from './fit-lines';

describe('fitLines', () => {
  it.each([
    {
      name: 'a sentence, with the rest below its beginning',
      text: '  Why:   An archive that is damaged is refused by oc-mirror, in the middle of an upload',
      shown: [
        '  Why:   An archive that is damaged is',
        '         refused by oc-mirror, in the',
        '         middle of an upload',
      ],
    },
    {
      name: 'a line without a label',
      text: 'seq2-add-web-terminal: BROKEN, 2 errors; 73 blobs in 1 archive',
      shown: ['seq2-add-web-terminal: BROKEN, 2 errors;', '  73 blobs in 1 archive'],
    },
    {
      name: 'no command',
      text: 'Next: commit seq1-baseline, then nx run mirror-seq2:bundle --site=bravo, or rm -r /srv/x',
      shown: ['Next: commit seq1-baseline, then', '  nx run mirror-seq2:bundle --site=bravo,', '  or rm -r /srv/x'],
    },
    {
      name: 'no digest and no path',
      text: `the blob sha256:${'a'.repeat(64)} is not what its name says`,
      shown: ['the blob', `  sha256:${'a'.repeat(64)}`, '  is not what its name says'],
    },
    {
      name: 'no row of a table',
      text: '  3  add-cluster-logging  differential      67    1.1 MiB   11.0 MiB',
      shown: ['  3  add-cluster-logging  differential      67    1.1 MiB   11.0 MiB'],
    },
    {
      name: 'no line of a unified diff at the end',
      text: 'It lacks two images, which are named in the configuration\n--- a\n+++ b\n     - name: registry.example/a/very/long/name:1.0 # ours',
      shown: [
        'It lacks two images, which are named in',
        '  the configuration',
        '--- a',
        '+++ b',
        '     - name: registry.example/a/very/long/name:1.0 # ours',
      ],
    },
  ])('breaks $name', ({ text, shown }) => {
    expect(fitLines(text, 40).split('\n')).toEqual(shown);
  });

  it('loses and adds no word, and leaves no line that could have been broken', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 40, max: 120 }),
        (words, width) => {
          const text = fitLines(words.join(' '), width);
          expect(text.split(/\s+/)).toEqual(words);
          for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('columnsOf', () => {
  it.each([
    { name: "a terminal's width", stream: { columns: 120 }, env: { COLUMNS: '60' }, columns: 120 },
    { name: 'COLUMNS, if there is no terminal', stream: {}, env: { COLUMNS: '60' }, columns: 60 },
    { name: 'the width of a pane of Nx', stream: {}, env: {}, columns: 83 },
    { name: 'nothing that is not a number', stream: {}, env: { COLUMNS: '1e9' }, columns: 83 },
  ])('uses $name', ({ stream, env, columns }) => {
    expect(columnsOf(stream, env)).toBe(columns);
  });
});
