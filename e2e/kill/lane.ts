/** A workspace with seq1 sealed and seq2 planned, over a slow upstream of its own, that can be had again and again. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { anImage } from '../../testing/images/image';
import { startLab, type Lab } from '../../testing/lab/lab';
import { fileTree, sha256Of } from '../harness/file-tree';
import { planSequence } from '../harness/image-set';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';
import { endProcess, killedRun, type Victim } from './killed-run';
import { keepPristine } from './pristine';

const seq1 = 'seq1-baseline';
const seq2 = 'seq2-add-app';
const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
const app = 'quay.io/acme/app:1.0';
const megabyte = 1_000_000;
const base = { name: 'ubi9-base', bytes: 4 * megabyte };
const layers = [6.5, 6, 5, 4, 3, 2, 1].map((size, index) => ({ name: `app ${index}`, bytes: size * megabyte }));

/** What seq2 fetches, manifests and configs left out. */
export const newBytes = layers.reduce((sum, { bytes }) => sum + bytes, 0);

/** The largest layer takes 3.3 seconds, so that the engine's checkpoint after two has something to keep. */
const slow = { match: { path: /\/blobs\// }, action: { bytesPerSecond: 2 * megabyte } };

export interface Lane {
  readonly workspace: Workspace;
  readonly upstream: Lab;
  /** From the first request to the end of an undisturbed run. */
  readonly undisturbedMs: number;
  /** Kills a run of `mirror:seq2`, `part` of an undisturbed run after its first request, and tells what was found then. */
  kill(options: { part: number; victim: Victim }): Promise<Killed>;
  /** The plain next run, with a fast upstream. Returns what is wrong afterwards, in words; empty if nothing is. */
  runAgain(): Promise<{ wrong: string[]; bytes: number }>;
  stop(): Promise<void>;
}

export interface Killed {
  /** `false` if the run had ended by then. */
  readonly killed: boolean;
  readonly wrong: readonly string[];
  /** That the upstream sent. */
  readonly bytes: number;
  /** The same a checkpoint's time earlier. */
  readonly bytesBefore: number;
}

const checkpointMs = 3_500;

export async function startLane(): Promise<Lane> {
  const upstream = await startLab({
    images: [anImage(ubi, { layers: [base] }), anImage(app, { layers: [base, ...layers] })],
  });
  const workspace = await preparedWorkspace(upstream, 'mirror');
  await planSequence(workspace, seq1, [ubi]);
  await planSequence(workspace, seq2, [ubi, app]);
  await mirrorInOrder(workspace, ['seq1']);
  const bringBack = await keepPristine(workspace);
  const reset = async () => {
    await bringBack();
    upstream.registry.faults.clear();
    upstream.journal.clear();
  };
  const bytesSent = () => upstream.journal.entries.reduce((sum, entry) => sum + entry.bytesSent, 0);
  const firstRequest = async () => {
    while (upstream.journal.entries.length === 0) await setTimeout(10);
  };

  await reset();
  upstream.fault(slow);
  const undisturbed = workspace.nxWorks('run', 'mirror:seq2');
  await Promise.race([firstRequest(), undisturbed]);
  const began = performance.now();
  await undisturbed;
  const undisturbedMs = performance.now() - began;
  const sealed = await stateOf(workspace);
  let untouched = '';

  return {
    workspace,
    upstream,
    undisturbedMs,
    kill: async ({ part, victim }) => {
      await reset();
      untouched = await treeOfSeq1(workspace);
      upstream.fault(slow);
      const samples: number[] = [];
      const sampler = setInterval(() => samples.push(bytesSent()), 100);
      const moment = async () => {
        await firstRequest();
        samples.length = 0;
        await setTimeout(part * undisturbedMs);
      };
      const { killed, executor } = await killedRun(workspace, { task: 'mirror:seq2', victim, moment });
      clearInterval(sampler);
      const bytes = bytesSent();
      if (executor !== undefined) await endProcess(executor);
      const bytesBefore = samples.at(-checkpointMs / 100) ?? 0;
      return { killed, bytes, bytesBefore, wrong: await halfMade(workspace, sealed) };
    },
    runAgain: async () => {
      upstream.registry.faults.clear();
      upstream.journal.clear();
      // Without Nx, which looks at seq1 first: stopped.spec.ts finishes under Nx what was stopped there.
      const { code, output } = await workspace.seqmirror('mirror', 'seq2');
      const wrong = code === 0 ? [] : [`it ended with ${code}: ${output}`];
      const state = await stateOf(workspace);
      for (const name of new Set([...Object.keys(sealed), ...Object.keys(state)])) {
        if (state[name] !== sealed[name]) wrong.push(`${name}: ${state[name]} instead of ${sealed[name]}`);
      }
      if ((await treeOfSeq1(workspace)) !== untouched) wrong.push('seq1 was touched');
      return { wrong, bytes: bytesSent() };
    },
    stop: () => upstream.stop(),
  };
}

async function treeOfSeq1({ root, dataFolder }: Workspace): Promise<string> {
  const [id = ''] = await readdir(dataFolder);
  const store = join(dataFolder, id, 'store');
  const [folder = ''] = (await readdir(store)).filter((name) => name.startsWith(seq1));
  return JSON.stringify(await fileTree(join(root, 'mirror/content', seq1), join(store, folder)));
}

/**
 * What is to be the same after every run: all names, and the content of what has no time in it. Not the lock and the
 * stage: a run killed when all was sealed leaves them, and they are for the next run that has work to do.
 */
async function stateOf({ root, dataFolder }: Workspace): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  const [id = ''] = await readdir(dataFolder);
  for (const folder of [join(root, 'mirror/content'), join(dataFolder, id, 'store')]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((found) => !found.isDirectory())) {
      const path = join(entry.parentPath, entry.name);
      state[path] = entry.name === 'seq-metadata.yaml' ? 'there' : await sha256Of(path);
    }
  }
  return state;
}

/** Archives of seq2 that can be seen and are not what they will be. */
async function halfMade({ root, dataFolder }: Workspace, sealed: Readonly<Record<string, string>>): Promise<string[]> {
  const [id = ''] = await readdir(dataFolder);
  const wrong: string[] = [];
  for (const folder of [join(root, 'mirror/content'), join(dataFolder, id, 'store')]) {
    for (const name of (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.tar'))) {
      const path = join(folder, name);
      if (!(await endsAsTar(path))) wrong.push(`${path} does not end as a tar does`);
      if ((await sha256Of(path)) !== sealed[path]) wrong.push(`${path} is not what is sealed in the end`);
    }
  }
  return wrong;
}

/** POSIX ustar: two blocks of zeros. */
async function endsAsTar(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(1024, 1);
    await file.read(end, 0, end.length, Math.max(0, size - end.length));
    return size % 512 === 0 && end.every((byte) => byte === 0);
  } finally {
    await file.close();
  }
}
