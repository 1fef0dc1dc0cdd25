/**
 * Runs a program and measures it from outside, the same way for everybody's programs.
 *
 * A shell waits for it and then reads its own /proc/<pid>/io and `times`, into which Linux adds what the children it
 * waited for have used: exact at their end, threads and grandchildren included. The largest resident set is the kernel's
 * own high-water mark (VmHWM) of the program's process, looked at every few milliseconds until it is gone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

export interface ProcessUse {
  /** From start to exit, by the clock. */
  readonly seconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  /** Largest resident set, code and libraries included. */
  readonly peakBytes: number;
  /** Bytes of pages that it made the file system write (`write_bytes`); 0 on tmpfs. */
  readonly diskBytes: number;
  /** Bytes that it handed to write calls, sockets and pipes included (`wchar`). */
  readonly writtenBytes: number;
  readonly stdout: string;
}

interface ProcessOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const lookEveryMilliseconds = 10;
const keptOutput = 4 * 1024 * 1024;

const script = '"$@"; code=$?; { cat "/proc/$$/io"; times; } >&3; exit $code';

/** @throws Error with the end of its output when it exits with anything but 0 */
export async function measureProcess(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: ProcessOptions,
): Promise<ProcessUse> {
  signal.throwIfAborted();
  const started = performance.now();
  const shell = spawn('sh', ['-c', script, 'sh', program, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: stopped, it goes with everything that it started.
    detached: true,
  });
  const pid = shell.pid;
  if (pid === undefined) throw new Error('sh could not be started');
  const stop = (): void => void process.kill(-pid, 'SIGKILL');
  signal.addEventListener('abort', stop);
  const [stdout, stderr, usage] = [shell.stdout, shell.stderr, shell.stdio[3] as Readable].map(collect);
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterMark(pid));
  }, lookEveryMilliseconds);
  try {
    const closed = once(shell, 'close');
    const [code] = (await once(shell, 'exit')) as [number | null];
    const seconds = (performance.now() - started) / 1000;
    await closed;
    signal.throwIfAborted();
    if (code !== 0) {
      const said = `${stdout?.() ?? ''}\n${stderr?.() ?? ''}`.slice(-3000);
      throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`);
    }
    return { seconds, peakBytes, stdout: stdout?.() ?? '', ...usageIn(usage?.() ?? '') };
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', stop);
  }
}

/** VmHWM of the shell's only child, or 0 when it isn't there yet or any more. */
function highWaterMark(shell: number): number {
  try {
    const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ');
    const status = readFileSync(`/proc/${child}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The second line of `times` is about children: `0m1.230000s 0m0.450000s`. */
function usageIn(text: string): Pick<ProcessUse, 'cpuSeconds' | 'diskBytes' | 'writtenBytes'> {
  const counter = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  const times = [...text.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return {
    cpuSeconds: (times[2] ?? NaN) + (times[3] ?? NaN),
    diskBytes: counter('write_bytes'),
    writtenBytes: counter('wchar'),
  };
}

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.on('data', (piece: Buffer) => {
    text = (text + piece.toString()).slice(-keptOutput);
  });
  return () => text;
}
