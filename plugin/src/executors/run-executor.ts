/** What all executors share: options, signals, and the output of results and errors for people and programs. */
import type { Writable } from 'node:stream';
import type { ExecutorContext, PromiseExecutor } from '@nx/devkit';
import type { Run } from '../api';
import { silentProgress } from '../api';
import type { CommandName } from '../commands/commands';
import type { CommandOptions } from '../commands/options';
import { commandOptions } from '../commands/options';
import { jsonDocument } from '../report/json/document';
import type { ProgressPrinter } from '../report/progress-printer';
import { progressOnStderr } from '../report/progress-printer';
import { isSeqmirrorError, renderError } from '../system/errors';
import { columnsOf, fitLines } from '../system/fit-lines';
import type { Progress } from '../system/progress';
import { environmentOfTask } from './environment';
import { prepareLastWords, Stopped, stoppedInWords, writeLastWords } from './stopped';
import { withTargetNames } from './target-names';

/** The context of a command: from Nx, or from the program in cli/. */
export interface CommandContext extends ExecutorContext {
  /** Whether progress is not shown. Nx never asks for that. */
  readonly isQuiet?: boolean | undefined;
  /** The words behind `seqmirror`, if that program was called and not Nx. */
  readonly typed?: readonly string[] | undefined;
}

export interface ExecutorRun extends Run {
  readonly context: CommandContext;
  /** The Nx project of the target. */
  readonly project: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** For results that are not text. */
  readonly stdout: Writable;
}

/** The parts of a command's executor. */
export interface CommandParts<Options, Outcome> {
  /** Calls the use case. */
  readonly work: (options: Options, run: ExecutorRun) => Promise<Outcome>;
  readonly inWords: (outcome: Outcome, run: ExecutorRun, options: Options) => string;
  /** For `--json`: the outcome itself, unless it contains what programs do not need. */
  readonly inJson?: (outcome: Outcome) => object;
  /** Whether the result in words is a text for other programs too, which stays as it is. */
  readonly isForPrograms?: (options: Options) => boolean;
  /** Whether the task succeeded; by default always, if the work ends without an error. */
  readonly isSuccess?: (outcome: Outcome) => boolean;
  /** Whether the result itself goes to stdout, so that nothing else may. */
  readonly isStdoutTaken?: (options: Options) => boolean;
}

/** The executor of a command: errors are rendered, signals stop the work, `--json` prints one document. */
export function executorOf<Name extends CommandName, Outcome extends object>(
  name: Name,
  parts: () => CommandParts<CommandOptions<Name>, Outcome>,
): PromiseExecutor<object> {
  return async (typed, context) => {
    try {
      return await withRun(context, async (run) => {
        const { work, inWords, inJson = (outcome) => outcome, isForPrograms, isSuccess, isStdoutTaken } = parts();
        const options = commandOptions[name]().parse(typed) as CommandOptions<Name>;
        const outcome = await work(options, run);
        const text = isJson(options)
          ? jsonDocument(name, inJson(outcome))
          : withTargetNames(inWords(outcome, run, options), context.projectsConfigurations);
        if (isStdoutTaken?.(options) === true) run.progress.note(text);
        else if (isJson(options) || isForPrograms?.(options) === true) process.stdout.write(`${text}\n`);
        else process.stdout.write(forPeople(text));
        return { success: isSuccess?.(outcome) ?? true };
      });
    } catch (error) {
      tell(error, context);
      return { success: false };
    }
  };
}

/** Whether `--json` was typed. */
export function isJson(options: object): boolean {
  return 'json' in options && options.json === true;
}

/**
 * Works with a terminal, a clock, and a signal that aborts when Nx or a person stops this process.
 *
 * @param projects those of a batch
 */
export async function withRun<T>(
  context: CommandContext,
  work: (run: ExecutorRun) => Promise<T>,
  projects?: readonly string[],
): Promise<T> {
  const abort = new AbortController();
  const stop = (signal: NodeJS.Signals): void => abort.abort(new Stopped(signal));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  prepareLastWords();
  for (const signal of signals) process.on(signal, stop);
  const printer = context.isQuiet === true ? undefined : progressOnStderr();
  try {
    return await work({
      context,
      project: context.projectName ?? '',
      env: await environmentOfTask(context, projects),
      progress: printer === undefined ? silentProgress : withNamesInNotes(printer, context),
      signal: abort.signal,
      now: () => new Date(),
      stdout: process.stdout,
    });
  } finally {
    printer?.stop();
    // Nx follows a signal with a SIGTERM of its own. It must not end this process before its last words are written.
    if (!abort.signal.aborted) for (const signal of signals) process.off(signal, stop);
  }
}

function withNamesInNotes(printer: ProgressPrinter, { projectsConfigurations }: CommandContext): Progress {
  return { ...printer, note: (text) => printer.note(withTargetNames(text, projectsConfigurations)) };
}

/** A result or an error as it is printed. */
export function forPeople(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return `${fitLines(text, columnsOf(stream))}\n`;
}

/** Prints what ended the work. */
export function tell(error: unknown, context: ExecutorContext): void {
  const text = forPeople(errorInWords(error, context), process.stderr);
  if (error instanceof Stopped) writeLastWords(text);
  else process.stderr.write(text);
}

/** The text of an error: what a person can do about it, or all that is known. */
export function errorInWords(error: unknown, context: ExecutorContext): string {
  return withTargetNames(textOfError(error, context), context.projectsConfigurations);
}

function textOfError(error: unknown, context: ExecutorContext): string {
  if (error instanceof Stopped) return stoppedInWords(error, context);
  const { isVerbose } = context;
  const verbose = isVerbose || process.env['NX_VERBOSE_LOGGING'] === 'true';
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (isSeqmirrorError(error)) return verbose ? `${renderError(error)}\n${stack}` : renderError(error);
  const system = error instanceof Error ? error.message : String(error);
  return [`seqmirror failed: unexpected error (a bug in seqmirror, please report it): ${system}`, stack].join('\n');
}
