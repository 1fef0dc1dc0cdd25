import { exitInWords, exitOf } from './exit';

describe('exitOf', () => {
  it.each([
    { exitCode: 0, words: 'oc-mirror reported success' },
    { exitCode: 1, words: 'oc-mirror refused or could not finish the run' },
    { exitCode: 2, words: 'release images could not be mirrored' },
    { exitCode: 4, words: 'operator images could not be mirrored' },
    { exitCode: 14, words: 'release, operator and additional images could not be mirrored' },
    { exitCode: 16, words: 'helm images could not be mirrored' },
    { exitCode: 24, words: 'additional and helm images could not be mirrored' },
    { exitCode: 255, words: 'oc-mirror crashed' },
    { exitCode: 137, words: 'signal 9 ended it' },
  ])('reads $exitCode as: $words', ({ exitCode, words }) => {
    expect(exitInWords(exitOf({ exitCode, signal: undefined }, { panicked: false }))).toBe(words);
  });

  it('tells a panic, which also exits with 2, from failing releases', () => {
    expect(exitOf({ exitCode: 2, signal: undefined }, { panicked: true })).toEqual({ kind: 'crashed' });
  });

  it('names the signal', () => {
    expect(exitOf({ exitCode: undefined, signal: 'SIGKILL' }, { panicked: false })).toEqual({
      kind: 'killed',
      signal: 'SIGKILL',
    });
  });
});
