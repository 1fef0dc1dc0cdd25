/** What all executors share: where they are, how they stop, and how what they find reaches people. */
import type { Writable } from 'node:stream';
import type { ExecutorContext, PromiseExecutor } from '@nx/devkit';
import type { MirrorLocation, Run } from '../api';
import { progressOnStderr } from '../report/progress-printer';
import { isSeqmirrorError, renderExplanation } from '../system/errors';

export interface ExecutorRun extends Run {
  readonly context: ExecutorContext;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** A result, on stdout. */
  print(text: string): void;
  /** For results that are no text. */
  readonly stdout: Writable;
}

/** An executor out of one use case: errors are rendered, signals stop the work, `success` is what the use case says. */
export function executorOf<Options>(
  work: (options: Options, run: ExecutorRun) => Promise<boolean>,
): PromiseExecutor<Options> {
  return async (options, context) => {
    const abort = new AbortController();
    const stop = (signal: NodeJS.Signals): void => abort.abort(new Stopped(signal));
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, stop);
    const progress = progressOnStderr();
    try {
      const success = await work(options, {
        context,
        env: process.env,
        progress,
        signal: abort.signal,
        now: () => new Date(),
        stdout: process.stdout,
        print: (text) => void process.stdout.write(`${text}\n`),
      });
      return { success };
    } catch (error) {
      progress.stop();
      process.stderr.write(`${inWords(error, context)}\n`);
      return { success: false };
    } finally {
      progress.stop();
      for (const signal of signals) process.off(signal, stop);
    }
  };
}

/** The mirror whose project this is, or whose `content/` this sequence's folder is in. */
export function locationOf(
  { context, env }: ExecutorRun,
  sequence?: string,
): MirrorLocation & { readonly folder: string } {
  const projects = context.projectsConfigurations.projects;
  const path = sequence?.replace(/\/+$/, '').split('/');
  const mirrorRoot = path === undefined ? rootOf(context) : path.slice(0, -2).join('/');
  const name = Object.keys(projects).find(
    (project) => projects[project]?.root === (mirrorRoot === '' ? '.' : mirrorRoot),
  );
  return { workspaceRoot: context.root, mirrorRoot, name, env, folder: path?.at(-1) ?? '' };
}

function rootOf(context: ExecutorContext): string {
  const { projectName = '' } = context;
  return context.projectsConfigurations.projects[projectName]?.root ?? '';
}

class Stopped extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
  }
}

function inWords(error: unknown, { isVerbose }: ExecutorContext): string {
  if (error instanceof Stopped)
    return `Stopped (${error.signal}). What was fetched is kept; the same command goes on from there.`;
  const verbose = isVerbose || process.env['NX_VERBOSE_LOGGING'] === 'true';
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (isSeqmirrorError(error)) return verbose ? `${renderExplanation(error)}\n${stack}` : renderExplanation(error);
  const system = error instanceof Error ? error.message : String(error);
  return [`seqmirror failed in a way that it does not know: ${system}`, stack].join('\n');
}
