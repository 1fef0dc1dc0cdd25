import fc from 'fast-check';
import { digestOf } from '../../../testing/images/small-image';
import { renderExplanation } from '../system/errors';
import type { ChainEntry } from './chain-lock';
import { headOf, parseChainLock, renderChainLock, sealedEntry } from './chain-lock';
import { Seal } from './seal';

const file = 'mirror/content/chain.lock';
const sealFor = (text: string) => Seal.parse(digestOf(text));
const entry = (number: number, name: string, state: ChainEntry['state'] = 'sealed'): ChainEntry => ({
  number,
  folder: `seq${number}-${name}`,
  seal: sealFor(`${number}${name}`),
  state,
});
const line = (number: number, name: string) => `${number} seq${number}-${name} ${sealFor(`${number}${name}`)}`;
const saidOf = (...lines: string[]) =>
  parseChainLock(lines.join('\n'), file, { mirror: 'mirror' }).findings.map(renderExplanation).join('\n');
const codesIn = (...lines: string[]) => parseChainLock(lines.join('\n'), file).findings.map(({ code }) => code);

describe('renderChainLock', () => {
  const entries = [entry(1, 'baseline'), entry(2, 'logging', 'void'), entry(2, 'logging'), entry(3, 'ubi9')];

  it('writes one line per sequence, tombstones first', () => {
    const text = renderChainLock({ entries: [...entries.slice(2), ...entries.slice(0, 2)] });
    expect(text.replace(/sha256:(\w{6})\w+/g, 'sha256:$1…')).toMatchInlineSnapshot(`
      "# One line a sealed sequence: number, folder, seal. Written by seqmirror, kept in Git, not for editing.
      # In a merge conflict keep the lines of the branch that was merged first, and renumber the sequences of the other.
      1 seq1-baseline sha256:2ece05…
      2 seq2-logging sha256:9a596f… void
      2 seq2-logging sha256:9a596f…
      3 seq3-ubi9 sha256:0124c7…
      "
    `);
  });

  it.each([
    { name: 'as it is', change: (text: string) => text },
    { name: 'with Windows line ends', change: (text: string) => text.replaceAll('\n', '\r\n') },
    {
      name: 'without its comments and last line end',
      change: (text: string) => text.replace(/^#.*\n/gm, '').trimEnd(),
    },
  ])('is read back $name', ({ change }) => {
    expect(parseChainLock(change(renderChainLock({ entries })), file)).toEqual({ lock: { entries }, findings: [] });
  });
});

describe('parseChainLock', () => {
  it('takes an empty file for an empty chain', () => {
    expect(parseChainLock('', file)).toEqual({ lock: { entries: [] }, findings: [] });
  });

  it('takes a number again after its tombstone', () => {
    expect(codesIn(line(1, 'a'), `${line(2, 'b')} void`, `${line(2, 'c')} void`, line(2, 'd'), line(3, 'e'))).toEqual(
      [],
    );
  });

  it.each([
    {
      name: 'the last two sequences, in reverse order',
      lines: [line(1, 'a'), `${line(2, 'b')} void`, `${line(3, 'c')} void`],
    },
    { name: 'all sequences', lines: [1, 2, 3].map((number) => `${line(number, 'a')} void`) },
    {
      name: 'two sequences, the first of which is sealed again',
      lines: [`${line(1, 'a')} void`, line(1, 'b'), `${line(2, 'c')} void`],
    },
    {
      name: 'two sequences that were made void again and again',
      lines: ['a', 'b'].flatMap((name) => [`${line(1, name)} void`, `${line(2, name)} void`]).sort(),
    },
  ])('takes the tombstones of $name', ({ lines }) => {
    expect(codesIn(...lines)).toEqual([]);
  });

  it('explains a merge conflict, and reads both sides of it', () => {
    const conflict = [line(1, 'a'), '<<<<<<< HEAD', line(2, 'b'), '=======', line(2, 'c'), '>>>>>>> other'];
    expect(parseChainLock(conflict.join('\n'), file).lock.entries.map(({ folder }) => folder)).toEqual([
      'seq1-a',
      'seq2-b',
      'seq2-c',
    ]);
    expect(saidOf(...conflict)).toMatchInlineSnapshot(`
      "SEQ0212 mirror/content/chain.lock:2: an unresolved merge conflict begins at this line
        line 3: seq2-b sha256:ecc2853c85e37f5544d87b8c8322b33bcb8986bf36e480d404da04bc221adb04
        line 5: seq2-c sha256:40f2b6e9b169afed3838d9ac668af7378d77ec312ca2a1f2532eb10a6263ab70
        Why:   Two branches changed the same lines
        Next:  Keep the lines of the branch that was merged first. Delete the other lines and the conflict marks. Then, for each sequence that lost its line, run \`nx run mirror:renumber --folder=<its folder>\`"
    `);
  });

  it('does not read the ancestor that diff3 style shows', () => {
    const lines = [
      '<<<<<<< HEAD\r',
      line(1, 'b'),
      '||||||| base',
      line(1, 'z'),
      '=======\r',
      line(1, 'c'),
      '>>>>>>> other',
    ];
    expect(parseChainLock(lines.join('\n'), file).lock.entries.map(({ folder }) => folder)).toEqual([
      'seq1-b',
      'seq1-c',
    ]);
  });

  it('explains a number that two lines claim', () => {
    expect(saidOf(line(1, 'a'), line(2, 'b'), line(2, 'c'))).toMatchInlineSnapshot(`
      "SEQ0202 mirror/content/chain.lock:3: two lines have the number 2: seq2-b and seq2-c
        Why:   Two branches each sealed a sequence 2, and the branches were merged
        Next:  Delete the line of seq2-c. Then give seq2-c the next free number: \`nx run mirror:renumber --folder=seq2-c\`"
    `);
  });

  it.each([
    { name: 'a gap', lines: [line(1, 'a'), line(3, 'c')], codes: ['SEQ0214'] },
    { name: 'a chain that does not begin with 1', lines: [line(2, 'b')], codes: ['SEQ0214'] },
    { name: 'another order', lines: [line(2, 'b'), line(1, 'a')], codes: ['SEQ0214', 'SEQ0214'] },
    {
      name: 'a tombstone followed by nothing, before the next one',
      lines: [`${line(1, 'a')} void`, line(2, 'b')],
      codes: ['SEQ0214'],
    },
    { name: 'a tombstone behind a gap', lines: [line(1, 'a'), `${line(3, 'c')} void`], codes: ['SEQ0214'] },
    {
      name: 'a sequence that is sealed behind one that is only void',
      lines: [line(1, 'a'), `${line(2, 'b')} void`, `${line(3, 'c')} void`, line(3, 'd')],
      codes: ['SEQ0214'],
    },
    { name: 'a folder with another number', lines: [line(1, 'a').replace('seq1', 'seq2')], codes: ['SEQ0213'] },
    { name: 'a folder that is a path', lines: [line(1, 'a').replace('seq1-a', 'seq1-a/../x')], codes: ['SEQ0213'] },
    { name: 'a seal that is cut short', lines: [line(1, 'a').slice(0, -1)], codes: ['SEQ0213'] },
    { name: 'an unknown state', lines: [`${line(1, 'a')} gone`], codes: ['SEQ0213'] },
    {
      name: 'conflict markers without a beginning',
      lines: [line(1, 'a'), '=======', '>>>>>>> b'],
      codes: ['SEQ0213', 'SEQ0213'],
    },
  ])('finds $name', ({ lines, codes }) => {
    expect(codesIn(...lines)).toEqual(codes);
  });

  it('never throws', () => {
    const any = fc.oneof(fc.string(), fc.constantFrom(line(1, 'a'), line(2, 'b'), '<<<<<<< x', '=======', '>>>>>>> y'));
    fc.assert(fc.property(fc.array(any), (lines) => void parseChainLock(lines.join('\n'), file)));
  });
});

describe('headOf and sealedEntry', () => {
  const lock = { entries: [entry(1, 'a'), entry(2, 'b'), entry(3, 'c', 'void')] };

  it('leave tombstones out', () => {
    expect(headOf(lock)?.folder).toBe('seq2-b');
    expect(sealedEntry(lock, 2)?.folder).toBe('seq2-b');
    expect(sealedEntry(lock, 3)).toBeUndefined();
    expect(headOf({ entries: [] })).toBeUndefined();
  });
});
