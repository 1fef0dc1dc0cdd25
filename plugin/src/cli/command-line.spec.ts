import { parseCommandLine } from './command-line';

describe('the command line of seqmirror', () => {
  it('reads a command, its subject and its options, also in Nx spelling', () => {
    expect(
      parseCommandLine(['bundle', 'seq2', '--site=alpha,bravo', '--site', 'charlie', '--volume=3', '--link']),
    ).toEqual({
      ...{ kind: 'command', command: 'bundle', subject: 'seq2', mirror: undefined, isQuiet: false, isVerbose: false },
      options: { site: ['alpha', 'bravo', 'charlie'], volume: 3, link: true },
    });
    expect(parseCommandLine(['reissue', '--dryRun', 'seq1'])).toEqual(
      parseCommandLine(['reissue', 'seq1', '--dry-run']),
    );
    expect(parseCommandLine(['list', '--mirror=platform', '--quiet', '--verbose', '--json'])).toMatchObject({
      ...{ mirror: 'platform', isQuiet: true, isVerbose: true },
      options: { json: true },
    });
  });

  it.each([
    { args: [], call: { kind: 'help', command: undefined } },
    { args: ['--help'], call: { kind: 'help', command: undefined } },
    { args: ['help', 'bundle'], call: { kind: 'help', command: 'bundle' } },
    { args: ['bundle', '-h'], call: { kind: 'help', command: 'bundle' } },
    { args: ['renumber', '--help'], call: { kind: 'help', command: 'renumber' } },
    { args: ['--version'], call: { kind: 'version' } },
    { args: ['completion', 'zsh'], call: { kind: 'completion', shell: 'zsh' } },
    { args: ['completion', 'words', '--', 'li'], call: { kind: 'candidates', words: ['li'] } },
  ])('$args asks the program itself', ({ args, call }) => expect(parseCommandLine(args)).toEqual(call));

  it.each([
    { args: ['lits'], what: 'There is no command `lits`', next: 'Try `list`' },
    { args: ['check'], what: 'There is no command `check`' },
    { args: ['--json', 'list'], what: 'The command must come before its options' },
    { args: ['list', '--jsno'], what: '`seqmirror list` has no option --jsno', next: 'Try `--json`' },
    { args: ['list', '--json=true'], what: '--json takes no value' },
    { args: ['validate', '--depth=deeper'], what: '--depth must be one of quick, full, deep, not `deeper`' },
    { args: ['validate', '--depth=full', '--depth=deep'], what: '--depth is given twice' },
    { args: ['bundle', 'seq1', '--output'], what: '--output needs a value' },
    { args: ['bundle', 'seq1', '--volume=one'], what: '--volume must be a number, not `one`' },
    { args: ['bundle', 'seq1', 'seq2'], what: '`seqmirror bundle` accepts only one name; `seq2` is a second one' },
    { args: ['renumber'], what: '--folder is missing' },
    { args: ['completion', 'tcsh'], what: '`seqmirror completion` needs one of bash, zsh, fish' },
    { args: ['\u001b[31m'], what: 'There is no command `\\u001b[31m`' },
  ])('$args is refused', ({ args, what, next }) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({ code: 'SEQ0175', what, next: expect.stringContaining(next ?? '--help') as string }),
    );
  });
});
