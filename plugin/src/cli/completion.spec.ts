import { candidates } from './completion';

const namesFor = (command: string): Promise<string[]> =>
  Promise.resolve(command === 'bundle' ? ['seq1', 'seq2', 'bravo'] : []);
const after = (...words: string[]): Promise<string[]> => candidates(words, namesFor);

describe('completion', () => {
  it('offers commands, then names and options of the command', async () => {
    expect(await after('re')).toEqual(['report', 'reissue', 'restore', 'renumber']);
    expect(await after('bundle', '')).toEqual(['seq1', 'seq2', 'bravo']);
    expect(await after('bundle', 's')).toEqual(['seq1', 'seq2']);
    expect(await after('bundle', 'seq2', '')).toEqual([]);
    expect(await after('bundle', 'seq2', '--ver')).toEqual(['--verify', '--verbose']);
    expect(await after('bundle', '--out')).toEqual(['--output=']);
    expect(await after('help', 'li')).toEqual(['list']);
    expect(await after('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await after('nothing', '')).toEqual([]);
  });

  it('offers the values of an option, both in one word and in the three that Bash makes of it', async () => {
    expect(await after('validate', '--depth=')).toEqual(['--depth=quick', '--depth=full', '--depth=deep']);
    expect(await after('validate', '--depth', '=')).toEqual(['quick', 'full', 'deep']);
    expect(await after('validate', '--depth', '=', 'd')).toEqual(['deep']);
    expect(await after('validate', '--depth', 'f')).toEqual(['full']);
    expect(await after('bundle', '--output', '=', '/me')).toEqual([]);
  });
});
