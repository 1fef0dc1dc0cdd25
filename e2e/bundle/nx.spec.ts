import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../testing/lab/lab';
import { preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

const sha256sum = (cwd: string) => promisify(execFile)('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd });

describe('a sequence that is bundled by Nx', () => {
  let upstream: Lab;
  let workspace: Workspace;
  const disk = (name: string) => join(workspace.root, '..', name);

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq3');
  });
  afterAll(async () => {
    await removeWorkspaces();
    await upstream.stop();
  });

  it('goes to a folder that sha256sum verifies and tar reads', async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror-seq3:bundle', `--output=${disk('disk')}`, '--verify');
    expect(stdout).toContain(
      'is complete, read back and right. At the site: sha256sum -c SHA256SUMS && ./seq-upload.sh',
    );
    await sha256sum(disk('disk'));
    await promisify(execFile)('tar', ['-tf', join(disk('disk'), 'archives/mirror_000001.tar')]);
    expect((await stat(join(disk('disk'), 'seq-upload.sh'))).mode & 0o111).toBe(0o111);
    expect(await readdir(join(disk('disk'), 'chain'))).toEqual(['chain.lock', ...smallChain]);
    const readme = await readFile(join(disk('disk'), 'README.txt'), 'utf8');
    expect(readme.split('\n').every((line) => line.length <= 79)).toBe(true);
    expect(readme.split('\n').length).toBeLessThan(60);
  });

  it("is the newest sealed one where the mirror's own target is run", async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror:bundle', '--plan', '--json');
    expect(JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1))).toMatchObject({
      plan: { head: { number: 3 } },
    });
  });

  it('says that it is done when it is run again', async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror-seq3:bundle', `--output=${disk('disk')}`);
    expect(stdout).toContain('already complete');
  });

  it('shows the kinds, and their numbers as JSON', async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror-seq3:bundle', '--plan', '--json');
    const document = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as {
      kinds: { kind: string }[];
    };
    expect(document.kinds.map(({ kind }) => kind)).toEqual(['baseline', 'cumulative', 'individual']);
  });

  it('streams into tar, with nothing else on standard output', async () => {
    const nx = join(workspace.root, 'node_modules/.bin/nx');
    await mkdir(disk('unpacked'));
    const file = disk('stream.tar');
    const { stdout } = await promisify(execFile)(
      nx,
      ['run', 'mirror-seq3:bundle', '--format=tar', `--output=${file}`],
      { cwd: workspace.root, env: workspace.env },
    );
    expect(stdout).toContain('is complete');
    await promisify(execFile)('tar', ['-xf', file, '-C', disk('unpacked')]);
    const [label = ''] = await readdir(disk('unpacked'));
    await sha256sum(join(disk('unpacked'), label));
  });

  it('ends with words, and not with success, where the folder holds something else', async () => {
    await mkdir(disk('holiday'));
    await writeFile(join(disk('holiday'), 'beach.jpg'), '');
    const { code, output } = await workspace.nx('run', 'mirror-seq3:bundle', `--output=${disk('holiday')}`);
    expect(code).not.toBe(0);
    expect(output).toContain('SEQ0675');
  });

  it('notes whom a bundle was sent to, on the medium that the site takes', async () => {
    await workspace.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\nmedia: dvd5\n');
    const run = ['run', 'mirror-seq3:bundle', '--site=bravo', `--output=${disk('volumes')}`];
    const { stdout } = await workspace.nxWorks(...run);
    expect(stdout).toMatch(/MIRROR-T0001-1of1 .* 4\.7 GB \(dvd5\)/);
    await sha256sum(disk('volumes'));
    expect(await workspace.read('mirror/sites/bravo/transfers/T0001.yaml')).toContain('state: sent');
  });
});
