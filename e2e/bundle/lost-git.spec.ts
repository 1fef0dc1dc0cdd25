import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import {
  configOf,
  mirrorInOrder,
  preparedWorkspace,
  smallChain,
  startSmallUpstream,
  workspaceWithMirror,
} from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);
const exec = promisify(execFile);

/** By the packed plugin, its program and ssh-keygen: a workspace is lost, and one of the discs that it sent is all there is. */
describeWith(['ssh-keygen'], 'a signed chain whose Git is lost', () => {
  let upstream: Lab;
  let first: Workspace;
  let second: Workspace;
  const disk = () => join(first.root, '../disk');

  async function sign(workspace: Workspace): Promise<void> {
    const key = join(workspace.root, '../key');
    await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
    const settings = await workspace.read('mirror/seqmirror.yaml');
    const signing = `signing:\n  with: ssh\n  key: ../../key\nrequireSignatures: true\n`;
    await workspace.write('mirror/seqmirror.yaml', `${settings}${signing}`);
    await workspace.write('mirror/allowed_signers', `us ${await readFile(`${key}.pub`, 'utf8')}`);
  }

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    first = await preparedWorkspace(upstream, 'planned');
    await sign(first);
    await mirrorInOrder(first, ['seq1', 'seq2', 'seq3']);
    // Its mirror has an id of its own.
    second = await workspaceWithMirror(upstream);
    // Who signs there has another key, and counts the first one's too.
    await sign(second);
    const signers = [await first.read('mirror/allowed_signers'), await second.read('mirror/allowed_signers')];
    await second.write('mirror/allowed_signers', signers.join(''));
  });
  afterAll(async () => {
    await removeWorkspaces();
    await upstream.stop();
  });

  it('is verified while it is there, and refused when chain.lock is edited', async () => {
    await first.seqmirrorWorks('validate');
    const lock = await first.read('mirror/content/chain.lock');
    await first.write('mirror/content/chain.lock', `${lock}# an innocent comment\n`);
    for (const command of [['validate'], ['bundle', 'seq3', `--output=${join(first.root, '../no')}`]]) {
      const { code, output } = await first.seqmirror(...command);
      expect(output).toContain('SEQ0626');
      expect(code).toBe(1);
    }
    await first.write('mirror/content/chain.lock', lock);
    await first.seqmirrorWorks('validate');
    expect((await first.seqmirrorWorks('sign')).stdout).toContain('is signed, up to seq3-add-web');
  });

  it('commits what uploads from each sequence, and its signature', async () => {
    await first.git('add', '--all');
    await first.git('commit', '--quiet', '--message=Seal');
    const { stdout } = await first.git('ls-files', '-s', 'mirror/content');
    expect(stdout).toContain('mirror/content/chain.lock.sig');
    expect(stdout.match(/^100755 .*\t.*seq-upload\.sh$/gm)).toEqual([
      expect.stringMatching(/\tmirror\/content\/seq-upload\.sh$/),
    ]);
    expect(stdout).toContain('mirror/content/seq3-add-web/seq-upload.env');
    expect((await first.git('status', '--porcelain')).stdout).toBe('');
  });

  it('is bundled, and proven where it arrives', async () => {
    await first.seqmirrorWorks('bundle', 'seq3', '--kind=cumulative', `--output=${disk()}`);
    const { stdout } = await first.seqmirrorWorks('validate', `--path=${disk()}`);
    expect(stdout).toContain('PROVEN');
  });

  it('is refused by a mirror with another id, and the message gives its own id', async () => {
    const { code, output } = await second.nx('g', 'seqmirror:adopt', `--from-bundle=${disk()}`);
    const id = /^id: (.*)$/m.exec(await first.read('mirror/seqmirror.yaml'))?.[1] ?? '';
    expect(output).toContain(`set \`id: ${id}\` in mirror/seqmirror.yaml`);
    expect(code).not.toBe(0);
    const settings = await second.read('mirror/seqmirror.yaml');
    await second.write('mirror/seqmirror.yaml', settings.replace(/^id: .*$/m, `id: ${id}`));
  });

  it('is made again elsewhere, after a dry run that writes nothing', async () => {
    await second.nxWorks('g', 'seqmirror:adopt', `--from-bundle=${disk()}`, '--dry-run');
    expect(await readdir(join(second.root, 'mirror'))).not.toContain('content');
    const { stdout } = await second.nxWorks('g', 'seqmirror:adopt', `--from-bundle=${disk()}`);
    expect(stdout).toContain(`Restored: ${smallChain.join(', ')}`);
    for (const folder of smallChain)
      for (const name of ['imageset-config.yaml', 'seq-metadata.yaml', 'seq-inventory.jsonl', 'seq-upload.env'])
        expect(await second.read(`mirror/content/${folder}/${name}`)).toBe(
          await first.read(`mirror/content/${folder}/${name}`),
        );
    expect((await second.nxWorks('g', 'seqmirror:adopt', `--from-bundle=${disk()}`)).stdout).toContain('already');
  });

  it('lists, validates by its records, and continues with differentials', async () => {
    expect((await second.seqmirrorWorks('list')).stdout).toContain('3 sealed');
    const deep = await second.seqmirror('validate');
    expect([deep.code, deep.output]).toEqual([1, expect.stringContaining('RECORDS OK, archives not here')]);
    expect((await second.seqmirrorWorks('validate', '--depth=quick')).output).toContain('3 CONSISTENT');
    await second.nxWorks('g', 'seqmirror:sequence', 'add-more');
    await second.write('mirror/content/seq4-add-more/imageset-config.yaml', configOf(4));
    await second.seqmirrorWorks('mirror', 'seq4');
    expect(await second.read('mirror/content/seq4-add-more/seq-metadata.yaml')).toContain('content_type: differential');
    const { stdout } = await second.seqmirrorWorks('validate', 'seq4');
    expect(stdout).toContain('PROVEN GIVEN');
  });

  it('does not accept a disc that was altered', async () => {
    await writeFile(join(disk(), 'chain/seq1-baseline/SHA256SUMS'), '');
    const { code, output } = await second.nx('g', 'seqmirror:adopt', `--from-bundle=${disk()}`);
    expect(output).toContain('SEQ0235');
    expect(code).not.toBe(0);
  });
});
