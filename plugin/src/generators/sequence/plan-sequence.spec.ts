import { baseChoice, descriptionFrom, nextSequence } from './plan-sequence';

describe('nextSequence', () => {
  it.each([
    { name: 'starts with 1', folders: [], typed: 'baseline', folder: 'seq1-baseline' },
    { name: 'goes on', folders: ['seq1-a'], typed: 'add-logging', folder: 'seq2-add-logging' },
    { name: 'orders by number', folders: ['seq10-a', 'seq9-b'], typed: 'c', folder: 'seq11-c' },
    { name: 'leaves gaps', folders: ['seq1-a', 'seq3-c'], typed: 'd', folder: 'seq4-d' },
    {
      name: 'ignores other folders',
      folders: ['chain.lock', 'seq-x', 'seq1-a'],
      typed: 'b',
      folder: 'seq2-b',
    },
    { name: 'makes a name from a sentence', folders: [], typed: 'Add Logging 6.1!', folder: 'seq1-add-logging-6-1' },
    { name: 'takes the name from a folder name', folders: ['seq1-a'], typed: 'seq7-add-x', folder: 'seq2-add-x' },
  ])('$name', ({ folders, typed, folder }) => expect(nextSequence(folders, typed)).toMatchObject({ folder }));

  it.each(['', '---', '../..', '日本'])('refuses the name %j', (name) => {
    expect(() => nextSequence([], name)).toThrow('SEQ0165');
  });
});

describe('baseChoice', () => {
  const { before } = nextSequence(['seq1-a', 'seq2-b'], 'c');

  it.each([
    { typed: 'previous', base: 'previous' },
    { typed: 'none', base: 'none' },
    { typed: '1', base: 'seq1' },
    { typed: 'seq2', base: 'seq2' },
  ])('reads $typed as $base', ({ typed, base }) => expect(baseChoice(typed, { before })).toBe(base));

  it.each(['3', 'seq3', '0', '01', 'last', '', '1.5', '-1'])('refuses %j', (typed) => {
    expect(() => baseChoice(typed, { before })).toThrow('SEQ0164');
  });
});

describe('descriptionFrom', () => {
  it.each([
    { name: 'add-logging', description: 'add logging' },
    { name: 'seq2-add-logging', description: 'add logging' },
    { name: 'Add  cluster-logging 6.1', description: 'Add cluster-logging 6.1' },
  ])('reads $name as $description', ({ name, description }) => expect(descriptionFrom(name)).toBe(description));
});
