/** Identifies a process whose number was written down. Numbers are reused, but not together with boot and start time. */
import { readFile, readlink, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runProgram } from './process';

export const ProcessIdentity = z.strictObject({
  pid: z.int().positive(),
  /** Boot id and start time in clock ticks if there is /proc, else the start time that `ps` prints. */
  started: z.string().max(200),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** `undefined` if there is no such process, or nothing can be found out about it. */
export async function identityOfProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const started = (await startedByProc(pid)) ?? (await startedByPs(pid));
  return started === undefined ? undefined : { pid, started };
}

export async function processLives({ pid, started }: ProcessIdentity): Promise<boolean> {
  return (await identityOfProcess(pid))?.started === started;
}

/**
 * Whether a process works in a folder and was started with an argument that begins so. Nothing else proves that a process
 * is ours if only a file names it: somebody else may have written that file.
 */
export async function processWorksIn(
  identity: ProcessIdentity,
  { folder, argument }: { readonly folder: string; readonly argument: string },
): Promise<boolean> {
  const { pid } = identity;
  const [args, at, wanted] = await Promise.all([argumentsOf(pid), folderOf(pid), realpath(folder).catch(() => folder)]);
  return at === wanted && args.some((each) => each.startsWith(argument)) && processLives(identity);
}

async function argumentsOf(pid: number): Promise<readonly string[]> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return line?.split('\0') ?? (await saidOfProcess('ps', ['-o', 'args=', '-p', String(pid)])).split(/\s+/);
}

async function folderOf(pid: number): Promise<string | undefined> {
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (folder !== undefined) return folder;
  // A line for each of its files: p<pid>, fcwd, n<path>.
  const lines = (await saidOfProcess('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'])).split('\n');
  return lines.find((line) => line.startsWith('n'))?.slice(1);
}

/** Ends a process that an earlier run of ours left behind: with SIGTERM, then SIGKILL. Returns whether it is gone. */
export async function endProcess(identity: ProcessIdentity, { graceMs = 3000 } = {}): Promise<boolean> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await processLives(identity))) return true;
    try {
      process.kill(identity.pid, signal);
    } catch {
      return !(await processLives(identity));
    }
    for (let waited = 0; waited < graceMs; waited += 50) {
      if (!(await processLives(identity))) return true;
      await sleep(50);
    }
  }
  return !(await processLives(identity));
}

/** Field 22 of /proc/<pid>/stat; a zombie (state Z) holds nothing any more and counts as gone. */
async function startedByProc(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot.trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

async function startedByPs(pid: number): Promise<string | undefined> {
  const started = (await saidOfProcess('ps', ['-o', 'lstart=', '-p', String(pid)])).trim();
  return started === '' ? undefined : started;
}

/** Where there is no /proc; else nothing. */
async function saidOfProcess(program: string, args: readonly string[]): Promise<string> {
  if (process.platform === 'linux' || process.platform === 'win32') return '';
  const env = { PATH: '/bin:/usr/bin:/usr/sbin', LC_ALL: 'C' };
  return (await runProgram(program, args, { env })).stdout;
}
