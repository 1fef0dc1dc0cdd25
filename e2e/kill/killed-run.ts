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
    stdio: 'ignore',
  });
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
  return { killed: running, executor };
}

/** The process that the lock of the workspace's only mirror names. */
export async function lockHolder({ dataFolder }: Workspace): Promise<number | undefined> {
  const [id] = await readdir(dataFolder).catch(() => [] as string[]);
  const text = await readFile(join(dataFolder, id ?? '', 'lock'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { process: { pid: number } }).process.pid;
}

/** Kills a process, and waits until it runs no more. */
export async function endProcess(pid: number): Promise<void> {
  killIfThere(pid);
  while ((await runningGroup(String(pid))) !== undefined) await setTimeout(20);
}

/** Waits until nothing runs any more in the process group of this leader: it, and what it started. */
export async function endOfGroup(leader: number): Promise<void> {
  const groups = async () =>
    Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(runningGroup));
  while ((await groups()).includes(leader)) await setTimeout(20);
}

/**
 * The process group of a process that runs. One that has ended is there until somebody asks how, so its state is looked
 * at: proc(5), behind the name in parentheses the state, the parent and the group.
 */
async function runningGroup(pid: string): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, state = 'X', group] = /.*\) (\S) \d+ (\d+)/s.exec(stat) ?? [];
  return 'ZX'.includes(state) ? undefined : Number(group);
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
