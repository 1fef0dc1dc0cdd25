/** A workspace with two sealed sequences and a third to be planned, and the question what a refused command changed. */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import { startLab, type Lab } from '../../testing/lab/lab';
import { fileTree } from '../harness/file-tree';
import { planSequence } from '../harness/image-set';
import { run, type Outcome } from '../harness/run';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';

/** What the bad input is about: planned, and the only one. */
export const seq3 = 'seq3-add-web';
export const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
export const tool = 'quay.io/acme/tool:1.2';
export const web = 'quay.io/acme/web:3.0';

export interface BadInputWorkspace {
  readonly workspace: Workspace;
  readonly upstream: Lab;
  /** Runs Nx and expects that it ends in an error, nothing changed in `content/` and the store: what it said. */
  refused(args: readonly string[]): Promise<string>;
  /** `mirror:seq3` without Nx, which is no part of what registries and disks do. */
  mirrorAlone(env?: NodeJS.ProcessEnv): Promise<Outcome>;
  /** The same as `refused` is to Nx. */
  refusedAlone(env?: NodeJS.ProcessEnv): Promise<string>;
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
  const workspace = await preparedWorkspace(upstream, 'mirror');
  const settings = await workspace.read('mirror/seqmirror.yaml');
  // Waiting between attempts is tested elsewhere.
  await workspace.write(
    'mirror/seqmirror.yaml',
    settings.replace('# retries: 5', 'retries: 0').replace(/^id: .*/m, 'id: test'),
  );
  await planSequence(workspace, 'seq1-baseline', [ubi]);
  await planSequence(workspace, 'seq2-add-tool', [ubi, tool]);
  await mirrorInOrder(workspace, ['seq1', 'seq2']);
  await workspace.git('add', '--all');
  await workspace.git('commit', '--quiet', '--message=Mirror');

  const data = join(workspace.dataFolder, 'test');
  const store = join(data, 'store');
  const content = join(workspace.root, 'mirror/content');
  const mirrorAlone: BadInputWorkspace['mirrorAlone'] = (env = {}) =>
    run(join(workspace.root, 'node_modules/.bin/seqmirror'), ['mirror', 'seq3'], {
      cwd: workspace.root,
      env: { ...workspace.env, ...env },
    });
  const refused = async (work: () => Promise<Outcome>): Promise<string> => {
    const before = await fileTree(content, store);
    const outcome = await work();
    expect(await fileTree(content, store)).toEqual(before);
    // 130 where the task that failed was one that others wait for.
    expect([1, 130]).toContain(outcome.code);
    return outcome.output;
  };
  return {
    workspace,
    upstream,
    refused: (args) => refused(() => workspace.nx(...args)),
    mirrorAlone,
    refusedAlone: (env) => refused(() => mirrorAlone(env)),
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
