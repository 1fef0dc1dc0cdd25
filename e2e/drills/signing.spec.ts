/** Drills of docs/repair.md for a signing key that was lost, and for one that was stolen. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { documentedBlocks, typed } from './documented';

jest.setTimeout(5 * 60_000);
const exec = promisify(execFile);

describeWith(['ssh-keygen'], 'a signing key', () => {
  let upstream: Lab;
  let workspace: Workspace;
  let publicKey: string;
  const beside = (name: string): string => join(workspace.root, '..', name);
  const disk = (): string => beside('disk');

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq2');
    await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', beside('key')]);
    publicKey = (await readFile(beside('key.pub'), 'utf8')).trim();
    const settings = await workspace.read('mirror/seqmirror.yaml');
    const signing = 'signing:\n  with: ssh\n  key: ../../key\nrequireSignatures: true\n';
    await workspace.write('mirror/seqmirror.yaml', `${settings}${signing}`);
    await workspace.write('mirror/allowed_signers', `me ${publicKey}\n`);
    await workspace.seqmirrorWorks('sign');
    await workspace.seqmirrorWorks('bundle', 'seq2', `--output=${disk()}`);
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Sign');
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it('that was lost is followed by another, which signs what comes next', async () => {
    const [change = ''] = await documentedBlocks('The signing key was lost', 2);
    await rm(beside('key'));
    await rm(beside('key.pub'));
    const stopped = await workspace.seqmirror('mirror', 'seq3');
    expect([stopped.code, stopped.output]).toEqual([1, expect.stringContaining('SEQ0625')]);

    const edit = `case $1 in
      *allowed_signers) echo "me $(cat ~/.ssh/seqmirror-new.pub)" >>"$1" ;;
      *seqmirror.yaml) sed -i "s|key: ../../key|key: $HOME/.ssh/seqmirror-new|" "$1" ;;
    esac`;
    // A person types a passphrase.
    const instead = { 'ssh-keygen ': `ssh-keygen -q -N '' ` };
    const { output } = await typed(change, { workspace, edit, instead });
    expect(output).toContain('chain.lock is signed, up to seq2-add-tool');
    await workspace.seqmirrorWorks('mirror', 'seq3');
    expect((await workspace.seqmirrorWorks('validate')).output).toContain('3 PROVEN');
    // What the old key signed still counts.
    expect((await workspace.seqmirrorWorks('validate', `--path=${disk()}`)).output).toContain('PROVEN');
  });

  it('that was stolen signs nothing more that anybody accepts', async () => {
    const [, revoke = ''] = await documentedBlocks('The signing key was lost', 2);
    const edit = `case $1 in
      *revoked_signers) echo '${publicKey}' >"$1" ;;
      *allowed_signers) sed -i 1d "$1" ;;
    esac`;
    expect((await typed(revoke, { workspace, edit })).output).toContain('3 PROVEN');
    const refused = await workspace.seqmirror('validate', `--path=${disk()}`);
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('SEQ0626')]);
    await workspace.seqmirrorWorks('bundle', 'seq3', `--output=${beside('next')}`);
    expect((await workspace.seqmirrorWorks('validate', `--path=${beside('next')}`)).output).toContain('PROVEN');
  });
});
