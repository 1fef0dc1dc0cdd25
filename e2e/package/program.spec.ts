import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { runFolder } from '../../testing/run/run-folder';
import type { Outcome } from '../harness/run';
import { mustRun, run } from '../harness/run';
import { preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';
import { removeWorkspaces } from '../harness/workspace';

jest.setTimeout(5 * 60_000);

let upstream: Lab;
let workspace: Workspace;
beforeAll(async () => {
  upstream = await startSmallUpstream();
  workspace = await preparedWorkspace(upstream, 'mirror');
});
afterAll(async () => {
  await removeWorkspaces();
  await upstream?.stop();
});

/** `npx seqmirror`, without the second that npx takes. */
const seqmirror = (args: readonly string[], cwd = workspace.root): Promise<Outcome> =>
  run(join(workspace.root, 'node_modules/.bin/seqmirror'), args, { cwd, env: workspace.env });

async function inShell(shell: string, script: string): Promise<string[]> {
  const bin = join(workspace.root, 'node_modules/.bin');
  const env = { ...workspace.env, PATH: `${bin}:${workspace.env['PATH']}` };
  const { output } = await mustRun(shell, ['-c', script], { cwd: workspace.root, env });
  return output.trim().split(/\s+/);
}

describe('the program seqmirror of the packed package', () => {
  it('lists as JSON that other programs read', async () => {
    const { code, stdout, stderr } = await seqmirror(['list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'seqmirror/list/v1', sequences: [] });
  });

  it('says what an empty folder lacks, and fails', async () => {
    const { code, output } = await seqmirror(['validate', '--path=.'], await mkdtemp(join(runFolder(), 'empty-')));
    expect(code).toBe(1);
    expect(output).toContain('SEQ0237');
  });

  it('says in a mirror without sequences and sites what a bundle needs, and the command for it', async () => {
    const bundle = () => seqmirror(['bundle', '--output=../disk']);
    const { code, stderr } = await bundle();
    expect(code).toBe(1);
    expect(stderr).toContain('SEQ0239 mirror has no sealed sequence');
    expect(stderr).toContain('Next:  nx g seqmirror:sequence baseline --mirror=mirror --from=imageset-config.yaml\n');
    await workspace.write('mirror/content/seq1-baseline/sequence.yaml', 'schema: seqmirror/v1\n');
    expect((await bundle()).stderr).toContain('Next:  nx run mirror:seq1\n');
    await workspace.remove('mirror/content');
    expect((await seqmirror(['status'])).stdout).toContain('Next: nx g seqmirror:site bravo --mirror=mirror');
  });

  it('ends with 2 for wrong use', async () => expect((await seqmirror(['lits'])).code).toBe(2));

  it('completes in bash', async () => {
    const completed = (...words: readonly string[]) =>
      inShell(
        'bash',
        `source <(seqmirror completion bash); compopt() { :; }; COMP_WORDS=(seqmirror ${words.join(' ')}); COMP_CWORD=${words.length}; _seqmirror; echo "\${COMPREPLY[@]}"`,
      );
    expect(await completed('re')).toEqual(['report', 'reissue', 'restore', 'renumber']);
    expect(await completed('validate', '--depth', '=')).toEqual(['quick', 'full', 'deep']);
    expect(await completed('validate', '--depth', '=', 'd')).toEqual(['deep']);
  });

  it('completes in zsh', async () => {
    const completed = (...words: readonly string[]) =>
      inShell(
        'zsh',
        `compdef() { :; }; compadd() { while [[ $1 != -- ]]; do shift; done; print "$@"; }; source <(seqmirror completion zsh); words=(seqmirror ${words.join(' ')}); CURRENT=${words.length + 1}; _seqmirror`,
      );
    expect(await completed('re')).toEqual(['report', 'reissue', 'restore', 'renumber']);
    expect(await completed('validate', '--depth=d')).toEqual(['--depth=deep']);
    expect(await completed('bundle', '--out')).toEqual(['--output=']);
  });

  describeWith(['fish'], 'in fish', () => {
    const completed = (typed: string) =>
      inShell('fish', `seqmirror completion fish | source; complete -C 'seqmirror ${typed}' | cut -f1`);

    it('completes commands, options, values and paths', async () => {
      expect(await completed('re')).toEqual(['reissue', 'renumber', 'report', 'restore']);
      expect(await completed('validate --depth=d')).toEqual(['--depth=deep']);
      expect(await completed('validate --depth f')).toEqual(['full']);
      expect(await completed('bundle --out')).toEqual(['--output=']);
      expect(await completed('explain SEQ0239')).toEqual(['SEQ0239']);
      expect(await completed('bundle --output=mirror/seq')).toEqual(['--output=mirror/seqmirror.yaml']);
      expect(await completed('validate --path mirror/seq')).toEqual(['mirror/seqmirror.yaml']);
    });
  });
});
