import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { sha256Of } from '../harness/file-tree';
import { configOf, preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('archives that are retired by Nx', () => {
  let upstream: Lab;
  let workspace: Workspace;
  let disk: string;
  const [seq1, seq2] = smallChain;

  /** A new baseline that the site bravo has: nobody needs the two before any more. */
  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq2');
    disk = join(workspace.root, '..', 'disk');
    await mkdir(disk);
    await workspace.write('isc.yaml', configOf(2));
    await workspace.nxWorks('g', 'seqmirror:sequence', 'again', '--from=isc.yaml', '--base=none', '--refresh');
    // A planned sequence of the small chain has that number; it comes later.
    await workspace.nxWorks('run', 'mirror:latest', '--refresh');
    await workspace.nxWorks('g', 'seqmirror:site', 'bravo');
    const lines = (await workspace.read('mirror/content/chain.lock')).split('\n');
    const [, number, seal] =
      /^(\d+) \S+ (sha256:\S+)$/.exec(lines.filter((line) => /^\d/.test(line)).at(-1) ?? '') ?? [];
    await workspace.write(
      'mirror/sites/bravo/ledger.yaml',
      `schema: seqmirror/v1\nentries:\n  - sequence: ${number}\n    seal: ${seal}\n    confidence: proven\n    held_in: registry\n    at: 2026-11-27T07:00:00Z\n`,
    );
  });
  afterAll(async () => {
    await removeWorkspaces();
    await upstream.stop();
  });

  const archive = (folder: string) => join(workspace.root, 'mirror/content', folder, 'mirror_000001.tar');

  it('are in a plan first, which changes nothing, and then do what the plan says', async () => {
    const sum = await sha256Of(archive(seq1));
    const { stdout: printed } = await workspace.nxWorks('run', 'mirror:prune', '--keep=1', `--to=${disk}`);
    expect(printed).toContain('nothing was changed');
    expect(await sha256Of(archive(seq1))).toBe(sum);
    const [id = ''] = /--apply=p[0-9a-f]{12}/.exec(printed) ?? [];
    const refused = await workspace.nx('run', 'mirror:prune', '--keep=1', id);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('SEQ0259');
    const { stdout } = await workspace.nxWorks('run', 'mirror:prune', '--keep=1', `--to=${disk}`, id);
    expect(stdout).toContain('Next: git add mirror && git commit');
    await expect(sha256Of(archive(seq1))).rejects.toThrow('ENOENT');
    const { stdout: listed } = await workspace.nxWorks('run', 'mirror:list');
    expect(listed).toMatch(new RegExp(`${seq2.slice(5)} .* retired`));
    expect((await workspace.nxWorks('run', 'mirror:validate')).stdout).toContain('RETIRED');
    await workspace.nxWorks('run', 'mirror:restore', '--sequence=seq1');
    expect(await sha256Of(archive(seq1))).toBe(sum);
    expect(await workspace.read(`mirror/content/${seq1}/custody.yaml`)).toContain('state: held');
  });

  it('are copied to another place, verified there, and listed', async () => {
    const shelf = join(workspace.root, '..', 'shelf');
    await mkdir(shelf);
    const { stdout: copied } = await workspace.nxWorks('run', 'mirror:custody', `--copy=${shelf}`);
    expect(copied).toContain('each byte read back');
    const { stdout: verified } = await workspace.nxWorks('run', 'mirror:custody', '--verify', `--place=${shelf}`);
    expect(verified).toContain('all copies are sound, every byte read');
    await rm(shelf, { recursive: true });
    const lost = await workspace.nx('run', 'mirror:custody', '--verify', '--quick', `--place=${shelf}`);
    expect(lost.code).not.toBe(0);
    expect(lost.output).toContain('not reachable');
  });

  it('have a document for programs', async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror:prune', '--keep=1', '--json');
    const plan = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as unknown;
    expect(plan).toMatchObject({
      schema: 'seqmirror/prune/v1',
      kind: 'planned',
      plan: { keep: 1, retired: [{ number: 1, archives: ['mirror_000001.tar'] }] },
    });
  });
});
