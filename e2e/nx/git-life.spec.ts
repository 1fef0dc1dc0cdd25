import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../tools/lab/lab';
import { linkFolder } from '../harness/installed-nx';
import { configOf, generateSmallChain, startSmallUpstream, workspaceWithMirror } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

const nothingToDo = /sealed .*nothing to do/g;

describe('a chain kept in Git', () => {
  let upstream: Lab;
  let workspace: Workspace;
  const commit = async (from: Workspace, message: string) => {
    await from.git('add', '--all');
    await from.git('commit', '--quiet', `--message=${message}`);
  };

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await workspaceWithMirror(upstream);
    await generateSmallChain(workspace);
    await workspace.nxWorks('run', 'mirror:seq3');
    await commit(workspace, 'Mirror');
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it('has all in Git but archives', async () => {
    const { stdout } = await workspace.git('ls-files', 'mirror');
    expect(stdout.split('\n').filter((file) => file.includes('seq3'))).toEqual(
      [
        'SHA256SUMS',
        'imageset-config.pinned.yaml',
        'imageset-config.yaml',
        'seq-inventory.jsonl',
        'seq-metadata.yaml',
        'sequence.yaml',
      ].map((name) => `mirror/content/seq3-add-web/${name}`),
    );
    expect(await readdir(join(workspace.root, 'mirror/content/seq3-add-web'))).toContain('mirror_000001.tar');
    expect((await workspace.git('status', '--porcelain')).stdout).toBe('');
  });

  it('is what it was after nx format:write --all', async () => {
    await linkFolder(join(__dirname, '../../node_modules/prettier'), join(workspace.root, 'node_modules/prettier'));
    await workspace.write('.prettierrc', '{ "semi": false, "singleQuote": true, "printWidth": 40 }\n');
    await workspace.nxWorks('format:write', '--all');
    const { output } = await workspace.nxWorks('run', 'mirror:seq3', '--skip-nx-cache');
    expect(output.match(nothingToDo)).toHaveLength(3);
    await workspace.git('checkout', '--quiet', '.');
    await workspace.remove('.prettierrc');
  });

  it('loses nothing to git clean -ffdx', async () => {
    const before = await readdir(workspace.dataFolder, { recursive: true });
    const clone = await workspace.clone();
    await clone.git('clean', '-ffdxq', '--exclude=node_modules');
    await workspace.git('clean', '-ffdxq', '--exclude=node_modules');
    expect(await readdir(workspace.dataFolder, { recursive: true })).toEqual(before);
    const { output } = await workspace.nxWorks('run', 'mirror:seq3');
    expect(output.match(nothingToDo)).toHaveLength(3);
  });

  it('is sealed in a clone with the line ends of Windows', async () => {
    const clone = await workspace.clone(['--config', 'core.autocrlf=true']);
    const { output } = await clone.nxWorks('run', 'mirror:seq3');
    expect(output.match(nothingToDo)).toHaveLength(3);
  });

  it('goes on in a fresh clone from the inventories alone, and fetches no blob that it has', async () => {
    const clone = await workspace.clone();
    upstream.journal.clear();
    await clone.nxWorks('g', 'seqmirror:sequence', 'add-more');
    await clone.write('mirror/content/seq4-add-more/imageset-config.yaml', configOf(4));
    const { output } = await clone.nxWorks('run', 'mirror:seq4');
    expect(output.match(nothingToDo)).toHaveLength(3);
    expect(await clone.read('mirror/content/chain.lock')).toMatch(/^4 seq4-add-more sha256:/m);
    const inventory = await clone.read('mirror/content/seq4-add-more/seq-inventory.jsonl');
    const layers = upstream.journal.entries.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    const fetched = layers.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    expect(fetched.length).toBeGreaterThan(0);
    for (const digest of fetched) expect(inventory).toContain(digest);
  });

  it('meets itself as a conflict when two branches seal one number, and the graph survives a bad merge', async () => {
    const one = await workspace.clone();
    const other = await workspace.clone();
    for (const [clone, name, config] of [
      [one, 'logging', configOf(4)],
      [other, 'tempo', configOf(2)],
    ] as const) {
      await clone.nxWorks('g', 'seqmirror:sequence', `add-${name}`);
      await clone.write(`mirror/content/seq4-add-${name}/imageset-config.yaml`, config);
      await clone.nxWorks('run', 'mirror:seq4');
      await commit(clone, `Add ${name}`);
    }
    await one.git('fetch', '--quiet', other.root);
    await expect(one.git('merge', 'FETCH_HEAD')).rejects.toThrow(
      'CONFLICT (content): Merge conflict in mirror/content/chain.lock',
    );

    // The bad merge: both lines stay, and so do both folders.
    const lock = await one.read('mirror/content/chain.lock');
    await one.write('mirror/content/chain.lock', lock.replace(/^(?:<<<<<<<|=======|>>>>>>>).*\n/gm, ''));
    await commit(one, 'Merge badly');
    expect(await one.edges()).toEqual([
      'mirror → mirror-seq4',
      'mirror-seq2 → mirror-seq1',
      'mirror-seq3 → mirror-seq2',
      'mirror-seq4 → mirror-seq3',
      'mirror-seq4-add-tempo → mirror-seq3',
    ]);
    const refused = await one.nx('run', 'mirror:seq4-add-tempo');
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('nx run mirror:renumber --folder=seq4-add-tempo');

    await one.nxWorks('run', 'mirror:renumber', '--folder=seq4-add-tempo');
    const { output } = await one.nxWorks('run', 'mirror:latest');
    expect(output.match(nothingToDo)).toHaveLength(5);
  });
});
