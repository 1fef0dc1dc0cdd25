import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { cacheHits } from '../harness/cache-hits';
import {
  configOf,
  generateSmallChain,
  smallChain,
  startSmallUpstream,
  workspaceWithMirror,
} from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('nx run mirror:seq3', () => {
  let upstream: Lab;
  let workspace: Workspace;
  const [seq1, seq2, seq3] = smallChain;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await workspaceWithMirror(upstream);
    await generateSmallChain(workspace);
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it.each(['--configuration=dry-run', '--dryRun'])('only says what it would do with %s, of all three', async (flag) => {
    const { code, output } = await workspace.nx('run', 'mirror:seq3', flag);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining(seq1) });
    expect(await exists(join(workspace.root, 'mirror/content/chain.lock'))).toBe(false);
    expect(await exists(join(workspace.dataFolder))).toBe(false);
  });

  it('makes a dry run of the aliases too', async () => {
    await workspace.nxWorks('run', 'mirror:latest:dry-run');
    await workspace.nxWorks('run', 'mirror-seq3:mirror:dry-run');
    expect(await exists(join(workspace.root, 'mirror/content/chain.lock'))).toBe(false);
  });

  it('mirrors the three in order', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(cacheHits(outcome)).toBe(0);
    const lock = await workspace.read('mirror/content/chain.lock');
    const sealed = lock.split('\n').flatMap((line) => /^\d+ (\S+) sha256:/.exec(line)?.[1] ?? []);
    expect(sealed).toEqual(smallChain);
  });

  it('has nothing to do the second time, and finds that out by itself', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(outcome.output.match(/sealed .*nothing to do/g)).toHaveLength(3);
    expect(cacheHits(outcome)).toBe(0);
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Mirror');
  });

  it('is taken from the cache the third time, all of it', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(outcome.output.match(/sealed .*nothing to do/g)).toHaveLength(3);
    expect(cacheHits(outcome)).toBe(3);
  });

  it.each([
    { edited: `${seq1}/imageset-config.yaml`, hits: 0 },
    { edited: `${seq1}/seq-metadata.yaml`, hits: 0 },
    { edited: `${seq2}/imageset-config.yaml`, hits: 1 },
    { edited: `${seq2}/imageset-config.pinned.yaml`, hits: 1 },
    { edited: `${seq2}/seq-inventory.jsonl`, hits: 1 },
    { edited: `${seq3}/imageset-config.yaml`, hits: 2 },
  ])('takes $hits from the cache and ends in an error when $edited was edited', async ({ edited, hits }) => {
    const file = `mirror/content/${edited}`;
    const text = await workspace.read(file);
    const isConfig = edited.endsWith('/imageset-config.yaml');
    await workspace.write(file, isConfig ? configOf(4) : text.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000'));
    const outcome = await workspace.nx('run', 'mirror:seq3');
    expect(outcome.code).not.toBe(0);
    expect(cacheHits(outcome)).toBe(hits);
    expect(outcome.output).toMatch(/SEQ02\d\d/);
    await workspace.write(file, text);
  });

  it.each([
    { edited: `${seq1}/imageset-config.yaml`, hits: 0 },
    { edited: `${seq2}/sequence.yaml`, hits: 1 },
    { edited: `${seq2}/SHA256SUMS`, hits: 1 },
  ])('looks again from $edited on after an edit there that changes nothing', async ({ edited, hits }) => {
    const file = `mirror/content/${edited}`;
    const text = await workspace.read(file);
    await workspace.write(file, `${text}# looked at by two\n`);
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(cacheHits(outcome)).toBe(hits);
    expect(outcome.output.match(/sealed .*nothing to do/g)).toHaveLength(3);
    await workspace.write(file, text);
  });

  it('forgets nothing it knew when a sequence is added', async () => {
    await workspace.nxWorks('g', 'seqmirror:sequence', 'refresh', '--refresh');
    const outcome = await workspace.nxWorks('run', 'mirror:latest');
    expect(outcome.output.match(/sealed .*nothing to do/g)).toHaveLength(3);
    expect(await workspace.read('mirror/content/chain.lock')).toMatch(/^4 seq4-refresh sha256:/m);
  });
});
