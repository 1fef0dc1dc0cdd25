import { access, chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { cacheHits, foundSealed } from '../harness/cache-hits';
import { run } from '../harness/run';
import { configOf, preparedWorkspace, smallChain, startSmallUpstream } from '../harness/small-chain';
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
    workspace = await preparedWorkspace(upstream, 'planned');
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it.each(['--configuration=dry-run', '--dryRun'])(
    'with %s only shows what it would do, for all three',
    async (flag) => {
      const { code, output } = await workspace.nx('run', 'mirror:seq3', flag);
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining(seq1) });
      expect(await exists(join(workspace.root, 'mirror/content/chain.lock'))).toBe(false);
      expect(await exists(join(workspace.dataFolder))).toBe(false);
    },
  );

  it('makes a dry run of the aliases too', async () => {
    await workspace.nxWorks('run', 'mirror:latest:dry-run');
    await workspace.nxWorks('run', 'mirror-seq3:mirror:dry-run');
    expect(await exists(join(workspace.root, 'mirror/content/chain.lock'))).toBe(false);
  });

  it('plans the first, for people, for programs and for pull requests, and writes nothing', async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror:plan', '--json');
    const { schema, plan } = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as {
      schema: string;
      plan: { folder: string; bytes: number };
    };
    expect([schema, plan.folder]).toEqual(['seqmirror/plan/v1', seq1]);
    expect((await workspace.nxWorks('run', 'mirror-seq1:plan')).stdout).toContain(
      `(exactly ${plan.bytes} bytes, if nothing changes upstream)`,
    );
    const comment = await workspace.nxWorks('run', 'mirror:plan', '--format=markdown', '--media=bd25');
    expect(comment.stdout).toContain('- **Volumes:** 1 volume of `bd25`');
    const { code, output } = await workspace.nx('run', 'mirror-seq3:plan');
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(`when ${seq1} is sealed`) });
    expect(await exists(join(workspace.root, 'mirror/content/chain.lock'))).toBe(false);
    expect(await exists(join(workspace.dataFolder))).toBe(false);
  });

  it('mirrors the three in order', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(cacheHits(outcome)).toBe(0);
    const lock = await workspace.read('mirror/content/chain.lock');
    const sealed = lock.split('\n').flatMap((line) => /^\d+ (\S+) sha256:/.exec(line)?.[1] ?? []);
    expect(sealed).toEqual(smallChain);
  });

  it('has nothing to do the second time, and finds that out in one process and one line', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(outcome.output).toContain('mirror: 3 sequences are sealed (seq1 to seq3), nothing to do\n');
    expect(foundSealed(outcome)).toBe(3);
    expect(cacheHits(outcome)).toBe(0);
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Mirror');
  });

  it('is taken from the cache the third time, all of it', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3');
    expect(foundSealed(outcome)).toBe(0);
    expect(cacheHits(outcome)).toBe(3);
  });

  it('says of each, from the cache, when it was sealed', async () => {
    const outcome = await workspace.nxWorks('run', 'mirror:seq3', '--output-style=static');
    expect(outcome.output.match(/seq\d-[a-z-]+: sealed \d{4}-\S+Z, nothing to do$/gm)).toHaveLength(3);
    expect(cacheHits(outcome)).toBe(3);
  });

  it.each(['--dryRun', '--refresh', '--configuration=dry-run'])('is taken from the cache with %s too', async (flag) => {
    expect(cacheHits(await workspace.nxWorks('run', 'mirror:seq3', flag))).toBe(3);
  });

  describe('validated as a chain and as sequences in one run', () => {
    const archive = (folder: string) => join(workspace.root, 'mirror/content', folder, 'mirror_000001.tar');

    /** What Nx said, and how many bytes were read of each archive. */
    async function validated(batches: boolean, ...args: readonly string[]) {
      const log = join(workspace.root, '../archive-reads');
      await writeFile(log, '');
      const outcome = await run(join(workspace.root, 'node_modules/.bin/nx'), [...args, '--output-style=stream'], {
        cwd: workspace.root,
        env: {
          ...workspace.env,
          NX_BATCH_MODE: String(batches),
          ARCHIVE_READS: log,
          NODE_OPTIONS: `--require=${join(__dirname, 'archive-reads.cjs')}`,
        },
      });
      const reads = (await readFile(log, 'utf8')).trim().split('\n');
      return { ...outcome, bytes: smallChain.map((folder) => bytesRead(reads, folder)) };
    }

    const bytesRead = (reads: readonly string[], folder: string) =>
      reads.filter((line) => line.includes(`/${folder}/`)).reduce((sum, line) => sum + Number.parseInt(line, 10), 0);

    it('reads each archive once, whether Nx runs tasks together or apart', async () => {
      const chain = await validated(true, 'run', 'mirror:validate');
      for (const [number, bytes] of chain.bytes.entries())
        expect(bytes).toBeGreaterThanOrEqual((await stat(archive(smallChain[number] ?? ''))).size);

      const together = await validated(true, 'run-many', '-t', 'validate');
      expect(together).toMatchObject({ code: 0, bytes: chain.bytes });
      expect(together.output).toContain('mirror: 3 PROVEN (deep: every byte of ');

      const apart = await validated(false, 'run-many', '-t', 'validate');
      expect(apart.code).toBe(0);
      expect(apart.output).toContain('mirror: mirror: 3 CONSISTENT (quick: ');
      expect(apart.output).toContain(
        'The archives are checked by mirror-seq1:validate, mirror-seq2:validate, mirror-seq3:validate in the same run',
      );
      // Headers are read twice, of which these small archives hardly have anything besides.
      for (const [number, bytes] of apart.bytes.entries()) expect(bytes).toBeLessThan((chain.bytes[number] ?? 0) * 1.4);
    });

    it.each([
      { batches: true, failed: ['mirror-seq2:validate', 'mirror-seq3:validate', 'mirror:validate'] },
      { batches: false, failed: ['mirror-seq2:validate'] },
    ])('fails $failed where an archive of seq2 is damaged', async ({ batches, failed }) => {
      const pristine = await readFile(archive(seq2));
      const layer = pristine.indexOf('"config"');
      const damaged = Buffer.from(pristine);
      damaged.write('X', layer + 1);
      await chmod(archive(seq2), 0o644);
      await writeFile(archive(seq2), damaged);
      const outcome = await validated(batches, 'run-many', '-t', 'validate');
      await writeFile(archive(seq2), pristine);
      expect(outcome.code).toBe(1);
      expect(outcome.output).toContain('seq2-add-tool: BROKEN');
      const named = /Failed tasks:\n\n((?:- \S+\n)+)/.exec(outcome.output)?.[1];
      expect(named?.trim().split('\n').sort()).toEqual(failed.map((task) => `- ${task}`));
    });
  });

  it.each([
    { edited: `${seq1}/imageset-config.yaml`, hits: 2 },
    // The seal that the next one is linked to is in it.
    { edited: `${seq1}/seq-metadata.yaml`, hits: 1 },
    { edited: `${seq2}/imageset-config.yaml`, hits: 2 },
    { edited: `${seq2}/imageset-config.pinned.yaml`, hits: 2 },
    { edited: `${seq2}/seq-inventory.jsonl`, hits: 2 },
    { edited: `${seq2}/seq-metadata.yaml`, hits: 1 },
    { edited: `${seq3}/imageset-config.yaml`, hits: 2 },
  ])(
    'takes no more than $hits from the cache and ends in an error when $edited was edited',
    async ({ edited, hits }) => {
      const file = `mirror/content/${edited}`;
      const text = await workspace.read(file);
      const isConfig = edited.endsWith('/imageset-config.yaml');
      await workspace.write(file, isConfig ? configOf(4) : text.replaceAll(/sha256:[0-9a-f]{8}/g, 'sha256:00000000'));
      const outcome = await workspace.nx('run', 'mirror:seq3');
      await workspace.write(file, text);
      expect(outcome.code).not.toBe(0);
      // Nx may end the run before it has come to what is behind the failed task.
      expect([hits, hits - 1]).toContain(cacheHits(outcome));
      expect(outcome.output).toMatch(/SEQ02\d\d/);
    },
  );

  it.each([
    { edited: `${seq1}/imageset-config.yaml`, hits: 2 },
    { edited: `${seq2}/sequence.yaml`, hits: 2 },
    { edited: `${seq2}/SHA256SUMS`, hits: 2 },
    { edited: `${seq2}/seq-metadata.yaml`, hits: 1 },
  ])(
    'looks again at what has $edited in its seal after an edit there that changes nothing',
    async ({ edited, hits }) => {
      const file = `mirror/content/${edited}`;
      const text = await workspace.read(file);
      await workspace.write(file, `${text}# looked at by two\n`);
      const outcome = await workspace.nxWorks('run', 'mirror:seq3');
      await workspace.write(file, text);
      expect(cacheHits(outcome)).toBe(hits);
      expect(foundSealed(outcome)).toBe(3 - hits);
    },
  );

  it('mirrors nothing on top of an edited sealed sequence, whatever is in the cache', async () => {
    await workspace.nxWorks('g', 'seqmirror:sequence', 'refresh', '--refresh');
    const file = `mirror/content/${seq2}/imageset-config.yaml`;
    const text = await workspace.read(file);
    await workspace.write(file, configOf(4));
    for (const task of ['mirror:seq4', 'mirror:latest', 'mirror-seq4:mirror']) {
      const { code, output } = await workspace.nx('run', task);
      expect({ task, code }).not.toEqual({ task, code: 0 });
      expect(output).toContain(`SEQ0201 ${file}`);
    }
    // If Nx does not check sealed sequences, mirroring does.
    const alone = await workspace.nx('run', 'mirror-seq4:mirror', '--exclude-task-dependencies');
    expect(alone.code).toBe(1);
    expect(alone.output).toContain(`SEQ0201 ${file}`);
    expect(await workspace.read('mirror/content/chain.lock')).not.toContain('seq4');
    await workspace.write(file, text);
  });

  it('forgets nothing it knew when a sequence is added, edited, sealed, and has others behind it', async () => {
    const hits = async (task: string) => cacheHits(await workspace.nxWorks('run', task));
    expect(await hits('mirror:seq3')).toBe(3);
    const intent = `mirror/content/seq4-refresh/sequence.yaml`;
    await workspace.write(intent, `${await workspace.read(intent)}# looked at by two\n`);
    expect(await hits('mirror:seq3')).toBe(3);

    const outcome = await workspace.nxWorks('run', 'mirror:latest');
    expect(cacheHits(outcome)).toBe(3);
    // Shown as it comes, though its task is another project's.
    expect(outcome.output).toMatch(/^ +seal +sha256:/m);
    expect(outcome.output).toContain('seq4-refresh: sealed sha256:');
    expect(await workspace.read('mirror/content/chain.lock')).toMatch(/^4 seq4-refresh sha256:/m);
    expect(await hits('mirror:seq3')).toBe(3);
    expect(await hits('mirror:seq4')).toBe(3);
    await workspace.nxWorks('g', 'seqmirror:sequence', 'next', '--refresh');
    expect(await hits('mirror:seq4')).toBe(4);
  });

  describe('in CI', () => {
    const inCi = (...args: readonly string[]) =>
      run(join(workspace.root, 'node_modules/.bin/nx'), args, {
        cwd: workspace.root,
        env: { ...workspace.env, CI: 'true' },
      });

    it.each([
      ['run-many', '--target=mirror'],
      ['affected', '--target=mirror', '--files=mirror/content/seq5-next/imageset-config.yaml'],
    ])('mirrors nothing by an accidental nx %s', async (...command) => {
      const { code, output } = await inCi(...command);
      expect(code).not.toBe(0);
      expect(output).toContain('SEQ0208 seq5-next is not sealed, and seqmirror does not mirror in CI (CI=true)');
      expect(await workspace.read('mirror/content/chain.lock')).not.toContain('seq5');
    });

    it('checks what is sealed all the same', async () => {
      expect(await inCi('run', 'mirror:seq4')).toMatchObject({ code: 0 });
    });
  });

  it('refuses to work as a task that nx.json would have cached', async () => {
    const nxJson = await workspace.read('nx.json');
    await workspace.write(
      'nx.json',
      JSON.stringify({ ...(JSON.parse(nxJson) as object), targetDefaults: { mirror: { cache: true } } }),
    );
    const { code, output } = await workspace.nx('run', 'mirror:seq5');
    await workspace.write('nx.json', nxJson);
    expect(code).not.toBe(0);
    expect(output).toContain('SEQ0209 nx.json lets Nx cache the target that mirrors seq5-next, which is not sealed');
  });
});
