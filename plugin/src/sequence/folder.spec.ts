import fc from 'fast-check';
import { isSequenceName, parseSequenceFolder, sequenceFolderName, sequenceNameFrom } from './folder';

describe('parseSequenceFolder', () => {
  it('reads number and name', () => {
    expect(parseSequenceFolder('seq12-add-logging-6')).toEqual({
      number: 12,
      name: 'add-logging-6',
      folder: 'seq12-add-logging-6',
    });
  });

  it.each([
    { name: 'no number', folder: 'seq-a' },
    { name: 'number 0', folder: 'seq0-a' },
    { name: 'a leading zero', folder: 'seq01-a' },
    { name: 'a number of seven digits', folder: 'seq1000000-a' },
    { name: 'no name', folder: 'seq1' },
    { name: 'an empty name', folder: 'seq1-' },
    { name: 'capitals', folder: 'seq1-Add' },
    { name: 'a dash at the end', folder: 'seq1-a-' },
    { name: 'two dashes', folder: 'seq1-a--b' },
    { name: 'an underscore', folder: 'seq1-a_b' },
    { name: 'a path', folder: 'seq1-a/../b' },
    { name: 'a line break at the end', folder: 'seq1-a\n' },
    { name: 'a name of 64 characters', folder: `seq1-${'a'.repeat(64)}` },
    { name: 'something before', folder: 'my-seq1-a' },
  ])('does not accept a folder with $name', ({ folder }) => {
    expect(parseSequenceFolder(folder)).toBeUndefined();
  });
});

describe('sequenceFolderName', () => {
  it('is read back', () => {
    expect(parseSequenceFolder(sequenceFolderName(3, 'add-ubi9'))).toMatchObject({ number: 3, name: 'add-ubi9' });
  });

  it.each([
    [0, 'a'],
    [1.5, 'a'],
    [1, 'Add'],
  ])('refuses seq%s-%s', (number, name) => {
    expect(() => sequenceFolderName(number, name)).toThrow(expect.objectContaining({ code: 'SEQ0153' }));
  });
});

describe('sequenceNameFrom', () => {
  it.each([
    ['Add cluster-logging 6.1', 'add-cluster-logging-6-1'],
    ['  Größe & Café  ', 'gro-e-cafe'],
    ['a'.repeat(62) + ' b', 'a'.repeat(62)],
    ['日本語', undefined],
  ])('makes %j into %j', (text, name) => {
    expect(sequenceNameFrom(text)).toBe(name);
  });

  it('makes a valid folder name of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const name = sequenceNameFrom(text);
        return name === undefined || isSequenceName(name);
      }),
    );
  });
});
