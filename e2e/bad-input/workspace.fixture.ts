/** A workspace with two sealed sequences and a third to be planned, and the question what a refused command changed. */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import { startLab, type Lab } from '../../testing/lab/lab';
import { fileTree } from '../harness/file-tree';
import { planSequence } from '../harness/image-set';
import { run, type Outcome } from '../harness/run';
import { workspaceWithMirror } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';

/** What the bad input is about: planned, and the only one. */
export const seq3 = 'seq3-add-web';
export const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
export const tool = 'quay.io/acme/tool:1.2';
export const web = 'quay.io/acme/web:3.0';

export interface BadInputWorkspace {
  readonly workspace: Workspace;
  readonly upstream: Lab;
  nx(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome>;
  /** Runs Nx and expects that it ends in an error, nothing changed in `content/` and the store: what it said. */
  refused(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
  /** Takes everything back that is not committed. */
  restore(): Promise<void>;
  /** Lets the archives of all sequences disappear while it works. */
  withoutArchives(work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function badInputWorkspace(): Promise<BadInputWorkspace> {
  const upstream = await startLab({
    images: [anImage(ubi), anImage(tool), anImage(web, { layers: [{ name: 'web', bytes: 3_000_000 }] })],
  });
  const workspace = await workspaceWithMirror(upstream);
  const settings = await workspace.read('mirror/seqmirror.yaml');
  // Waiting between attempts is tested elsewhere.
  await workspace.write(
    'mirror/seqmirror.yaml',
    settings.replace('# retries: 5', 'retries: 0').replace(/^id: .*/m, 'id: test'),
  );
  await planSequence(workspace, 'seq1-baseline', [ubi]);
  await planSequence(workspace, 'seq2-add-tool', [ubi, tool]);
  await workspace.nxWorks('run', 'mirror:seq2');
  await workspace.git('add', '--all');
  await workspace.git('commit', '--quiet', '--message=Mirror');

  const data = join(workspace.dataFolder, 'test');
  const store = join(data, 'store');
  const content = join(workspace.root, 'mirror/content');
  const nx: BadInputWorkspace['nx'] = (args, env = {}) =>
    run(join(workspace.root, 'node_modules/.bin/nx'), args, { cwd: workspace.root, env: { ...workspace.env, ...env } });
  return {
    workspace,
    upstream,
    nx,
    refused: async (args, env) => {
      const before = await fileTree(content, store);
      const outcome = await nx(args, env);
      expect(await fileTree(content, store)).toEqual(before);
      // 130 where the task that failed was one that others wait for.
      expect([1, 130]).toContain(outcome.code);
      return outcome.output;
    },
    restore: async () => {
      upstream.registry.faults.clear();
      await workspace.git('checkout', '--quiet', '.');
      await workspace.git('clean', '-fdq');
      await rm(join(content, seq3), { recursive: true, force: true });
      await rm(join(data, 'stage'), { recursive: true, force: true });
      for (const name of await readdir(store)) {
        if (name.startsWith(seq3)) await rm(join(store, name), { recursive: true });
      }
    },
    withoutArchives: async (work) => {
      const aside = join(data, 'aside');
      await rename(store, aside);
      await workspace.git('clean', '-fdXq', 'mirror');
      try {
        await work();
      } finally {
        await rm(store, { recursive: true, force: true });
        await rename(aside, store);
      }
    },
    stop: () => upstream.stop(),
  };
}
