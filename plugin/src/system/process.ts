/**
 * The only place that starts other programs. Never through a shell: each argument is its own string. The child gets the
 * given environment and nothing else.
 */
import type { Readable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
import { isSeqmirrorError, systemErrorCode } from './errors';
import { cannotStartProgram } from './system-errors';

// Most of what seqmirror does starts no program, so its start should not wait for execa.
const loadExeca = () => import('execa');

export interface ProgramOptions {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time between SIGTERM and SIGKILL when the run is stopped. Less than the five seconds that Nx grants. */
  readonly forceKillAfterMs?: number | undefined;
  /** For the files that it makes; by default that of this process. */
  readonly umask?: number | undefined;
}

export interface ProgramResult {
  /** `undefined` if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end and collects what it prints, up to `outputLimit` bytes (default 1 MiB) of each stream.
 * A non-zero exit is a result, not an error.
 *
 * @throws SEQ0703 when the program can't be started; the signal's reason when it is stopped
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions & {
    input?: string | Uint8Array | undefined;
    timeoutMs?: number | undefined;
    outputLimit?: number | undefined;
  },
): Promise<ProgramResult> {
  const { execa } = await loadExeca();
  const result = await execa(file, args, {
    ...common(options),
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    maxBuffer: options.outputLimit ?? 1024 * 1024,
    stripFinalNewline: false,
  });
  options.signal?.throwIfAborted();
  if (result.exitCode === undefined && result.signal === undefined) throw startFailure(file, result);
  return { exitCode: result.exitCode, signal: result.signal, stdout: result.stdout, stderr: result.stderr };
}

export interface RunningProgram {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Ends when the program has ended and its streams are closed. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly signal: string | undefined }>;
}

/**
 * Starts a program whose output is read while it runs. The caller reads both streams to their end.
 *
 * @throws SEQ0703 when the program can't be started
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<RunningProgram> {
  const { execa } = await loadExeca();
  const child = withUmask(options.umask, () =>
    execa(file, args, { ...common(options), stdin: 'ignore', buffer: false }),
  );
  if (child.pid === undefined) throw startFailure(file, await child);
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: child.then(({ exitCode, signal }) => ({ exitCode, signal })),
  };
}

/** A child inherits the umask at its start, which is synchronous. Worker threads cannot set it. */
function withUmask<T>(umask: number | undefined, start: () => T): T {
  if (umask === undefined || !isMainThread) return start();
  const before = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

function common({ env, cwd, signal, forceKillAfterMs = 3000 }: ProgramOptions) {
  return {
    env: { ...env },
    extendEnv: false,
    reject: false,
    shell: false,
    forceKillAfterDelay: forceKillAfterMs,
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  } as const;
}

function startFailure(file: string, failure: unknown): Error {
  if (isSeqmirrorError(failure)) return failure;
  return cannotStartProgram({ file, reason: systemErrorCode(failure) ?? 'unknown reason', cause: failure });
}
