import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Workspace } from '../harness/workspace';

/** `group`: Nx and all that it started. `nx`: Nx alone, so that the executor lives on. `executor`: that alone. */
export type Victim = 'group' | 'nx' | 'executor';

export interface KilledRun {
  /** Whether it was still going on at that moment. */
  readonly killed: boolean;
  readonly output: string;
  /** The executor that had the mirror's lock at that moment. */
  readonly executor: number | undefined;
}

/** Runs Nx in a process group of its own, and kills it as the kernel does, when `moment` has come. */
export async function killedRun(
  workspace: Workspace,
  {
    task,
    options = [],
    victim,
    moment,
  }: { task: string; options?: readonly string[]; victim: Victim; moment: () => Promise<void> },
): Promise<KilledRun> {
  const nx = join(workspace.root, 'node_modules/.bin/nx');
  const child = spawn(nx, ['run', task, ...options], {
    cwd: workspace.root,
    env: workspace.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'exit');
  await Promise.race([moment(), ended]);
  const executor = await lockHolder(workspace);
  const pid = child.pid as number;
  const running = child.exitCode === null && child.signalCode === null;
  if (running) {
    if (victim === 'group') process.kill(-pid, 'SIGKILL');
    else if (victim === 'executor' && executor !== undefined) killIfThere(executor);
    else process.kill(pid, 'SIGKILL');
    await ended;
  }
  return { killed: running, output, executor };
}

/** The process that the lock of the workspace's only mirror names. */
export async function lockHolder({ dataFolder }: Workspace): Promise<number | undefined> {
  const [id] = await readdir(dataFolder).catch(() => [] as string[]);
  const text = await readFile(join(dataFolder, id ?? '', 'lock'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { process: { pid: number } }).process.pid;
}

/** Kills a process and gives the system two seconds to take it away. */
export async function endProcess(pid: number): Promise<void> {
  killIfThere(pid);
  for (let left = 100; left > 0 && isThere(pid); left -= 1) await setTimeout(20);
}

function killIfThere(pid: number): void {
  if (isThere(pid)) process.kill(pid, 'SIGKILL');
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
