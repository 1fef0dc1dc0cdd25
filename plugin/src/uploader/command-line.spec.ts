import type { ErrorCode } from '../system/error-codes';
import { errorCodes } from '../system/error-codes';
import { registryWithoutTls } from '../registry/errors';
import { withAdvice } from './advice';
import { helpText, parseCommandLine } from './command-line';
import { misused } from './errors';
import { exitCodeOf } from './exit-codes';

const at = { here: '/media/disc', cwd: '/home/site' };
const sum = `sha256:${'a'.repeat(64)}`;
const needed = ['--registry=registry.site:8443/ocp', '--output=out'];

describe('parseCommandLine', () => {
  it('uses the bundle that the program is in, and paths relative to where it was started', () => {
    expect(parseCommandLine(needed, at)).toEqual({
      kind: 'upload',
      bundle: '/media/disc',
      registry: 'registry.site:8443/ocp',
      checked: {},
      output: '/home/site/out',
      registries: { hosts: { 'registry.site:8443': {} } },
      parallel: 8,
      retries: 5,
      rollBack: false,
      thorough: false,
      dryRun: false,
      json: false,
    });
  });

  it('accepts options with a value behind them, as seq-upload.sh passes them', () => {
    const args = ['--bundle', '/a b', '--registry', 'r:1', '--output', '/o', '--authfile', 'auth.json', '--insecure'];
    expect(
      parseCommandLine([...args, '--ca-file=ca.pem', '--roll-back', '--thorough', '--parallel=1'], at),
    ).toMatchObject({
      bundle: '/a b',
      output: '/o',
      registries: {
        authFile: '/home/site/auth.json',
        hosts: { 'r:1': { insecure: true, caFile: '/home/site/ca.pem' } },
      },
      rollBack: true,
      thorough: true,
      parallel: 1,
    });
  });

  it.each(['--allow-older', '--roll-back'])('goes back by %s', (option) => {
    expect(parseCommandLine([...needed, option], at)).toMatchObject({ rollBack: true });
  });

  it('accepts what seq-upload.sh has checked', () => {
    expect(parseCommandLine([...needed, '--expect-seal', sum, `--expect-sums=${sum}`], at)).toMatchObject({
      checked: { seal: sum, sums: sum },
    });
  });

  it('needs no output for a dry run', () => {
    expect(parseCommandLine(['--registry=r:1', '--dry-run'], at)).toMatchObject({ kind: 'upload', dryRun: true });
  });

  it.each([['--help'], ['-h'], ['--version']])('requires nothing else beside %s', (option) => {
    expect(parseCommandLine([option], at).kind).toMatch(/help|version/);
  });

  it('explains an error code', () => {
    expect(parseCommandLine(['--explain=SEQ0641'], at)).toMatchObject({
      kind: 'explain',
      explained: { code: 'SEQ0641', messages: [{ next: [expect.any(String)] }] },
    });
    expect(() => parseCommandLine(['--explain=SEQ9999'], at)).toThrow('--explain=SEQ9999 is not an error code');
  });

  it.each([
    { name: 'no registry', args: ['--output=o'], says: '--registry is missing' },
    { name: 'no output', args: ['--registry=r:1'], says: '--output is missing' },
    { name: 'an unknown option', args: [...needed, '--force'], says: "Unknown option '--force'" },
    {
      name: 'a value for a switch',
      args: [...needed, '--insecure=yes'],
      says: "'--insecure' does not take an argument",
    },
    { name: 'an option without its value', args: ['--registry'], says: "'--registry <value>' argument missing" },
    {
      name: 'too many at once',
      args: [...needed, '--parallel=9'],
      says: '--parallel=9 is not a number from 1 to 8',
    },
    {
      name: 'something that is not a seal',
      args: [...needed, '--expect-seal=x'],
      says: '--expect-seal=x is not sha256:',
    },
    {
      name: 'something that is not a number',
      args: [...needed, '--retries=1e1'],
      says: '--retries=1e1 is not a number',
    },
  ])('refuses $name', ({ args, says }) => {
    expect(() => parseCommandLine(args, at)).toThrow(
      expect.objectContaining({ code: 'SEQ0649', what: expect.stringContaining(says) }),
    );
  });

  it('lists in its help every option that it accepts, in 100 columns', () => {
    const lines = helpText('1.2.3').split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    const options = lines.flatMap((line) => /^ {2}(--[a-z-]+(?:=<[a-z]+>)?) /.exec(line)?.[1] ?? []);
    const given = options.map((option) =>
      option
        .replace(/<number>/, '3')
        .replace(/<(seal|sum)>/, sum)
        .replace(/<code>/, 'SEQ0641')
        .replace(/<[a-z]+>/, 'x:1'),
    );
    expect(given).toHaveLength(16);
    for (const option of given) expect(() => parseCommandLine([...needed, option], at)).not.toThrow();
  });
});

describe('exitCodeOf', () => {
  it.each<[ErrorCode, number]>([
    ['SEQ0649', 2],
    ['SEQ0524', 2],
    ['SEQ0645', 3],
    ['SEQ0304', 3],
    ['SEQ0523', 3],
    ['SEQ0653', 3],
    ['SEQ0655', 4],
    ['SEQ0640', 5],
    ['SEQ0641', 5],
    ['SEQ0702', 7],
    ['SEQ0501', 8],
    ['SEQ0648', 8],
  ])('ends %s with %i', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit);
  });

  it('never takes an error for success', () => {
    expect((Object.keys(errorCodes) as ErrorCode[]).filter((code) => [0, 1, 130].includes(exitCodeOf(code)))).toEqual(
      [],
    );
  });
});

it('explains errors with advice that needs no workspace', () => {
  expect(withAdvice(misused('--x is odd'))).toMatchInlineSnapshot(`
    "SEQ0649 --x is odd
      Why:   Nothing was done
      Next:  Run \`node seqmirror-upload.js --help\` to see every option"
  `);
});

it('names the option of seq-upload.sh first where a registry answers without TLS', () => {
  const error = registryWithoutTls({ host: 'registry.example', subject: 'mirror/app', cause: undefined });
  expect(withAdvice(error)).toMatchInlineSnapshot(`
    "SEQ0503 registry.example answered the request for mirror/app without TLS
      Why:   seqmirror uses TLS for every registry that is not marked insecure
      Next:  If the registry uses plain HTTP, run seq-upload.sh with --dest-tls-verify=false (seqmirror-upload.js with --insecure)
      More:  node seqmirror-upload.js --explain SEQ0503"
  `);
});
