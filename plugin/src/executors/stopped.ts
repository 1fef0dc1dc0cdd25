/** The message for a person who stopped a command: what stays, and which command continues. */
import { basename, dirname } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { Command } from '../commands/commands';
import { commands } from '../commands/commands';
import { holdParentStderr, writeToParentStderr } from '../system/parent-stderr';
import { shellWord } from '../system/shell-word';

export class Stopped extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
  }
}

/** What Nx or the program in cli/ knows about the command. */
type StoppedContext = ExecutorContext & { readonly typed?: readonly string[] | undefined };

/** `Stopped (SIGINT). seqmirror keeps what it has downloaded. To continue: nx run mirror:seq2` */
export function stoppedInWords({ signal }: Stopped, context: StoppedContext): string {
  const executor = context.target?.executor?.split(':').at(-1) ?? '';
  const row: Command | undefined = Object.entries(commands).find(([name]) => name === executor)?.[1];
  const command = commandOf(context) ?? 'the same command';
  return row?.stays === undefined
    ? `Stopped (${signal}). No file is half written. To start again: ${command}`
    : `Stopped (${signal}). ${row.stays}. To continue: ${command}`;
}

/** As it was typed, as far as Nx tells it; the work of a sequence by its short name. */
function commandOf(context: StoppedContext): string | undefined {
  if (context.typed !== undefined) return ['npx seqmirror', ...context.typed.map(shellWord)].join(' ');
  const { projectName, targetName, configurationName, taskGraph } = context;
  if (projectName === undefined || targetName === undefined) return undefined;
  const task = taskIn(configurationName, projectName, targetName);
  const typed: unknown = taskGraph?.tasks[task]?.overrides?.['__overrides_unparsed__'];
  const options = Array.isArray(typed) ? typed.map((option) => shellWord(String(option))) : [];
  const short = shortNameOf(context);
  return ['nx run', short === undefined ? task : taskIn(configurationName, ...short), ...options].join(' ');
}

function taskIn(configuration: string | undefined, ...names: readonly [string, string]): string {
  return [...names, configuration].filter((part) => part !== undefined).join(':');
}

/** `mirror`, `seq2`, which does the same as `mirror-seq2`, `mirror`. */
function shortNameOf({ target, projectsConfigurations: { projects } }: ExecutorContext): [string, string] | undefined {
  const { sequence } = Object(target?.options) as { readonly sequence?: unknown };
  if (target?.executor !== 'seqmirror:mirror' || typeof sequence !== 'string') return undefined;
  const number = /^seq\d+/.exec(basename(sequence))?.[0] ?? '';
  const root = dirname(dirname(sequence));
  const mirror = Object.values(projects).find((project) => project.root === root);
  if (mirror?.name === undefined || mirror.targets?.[number] === undefined) return undefined;
  return [mirror.name, number];
}

/** To be called when work begins: Nx may end before its task has its last words ready. */
export function prepareLastWords(): void {
  if (isNxBetween()) holdParentStderr();
}

/** Writes to stderr, bypassing Nx: after SIGINT, Nx (23.2.1) swallows what its tasks write. */
export function writeLastWords(text: string): void {
  if (!isNxBetween() || !writeToParentStderr(text)) process.stderr.write(text);
}

function isNxBetween(): boolean {
  const { stderr, connected, env } = process;
  return stderr.isTTY !== true && connected && env['NX_FORKED_TASK_EXECUTOR'] === 'true';
}
