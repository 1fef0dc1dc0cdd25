/** The message for a person who stopped a command: what stays, and which command continues. */
import type { ExecutorContext } from '@nx/devkit';
import type { Command } from '../commands/commands';
import { commands } from '../commands/commands';
import { writeToParentStderr } from '../system/parent-stderr';
import { shellWord } from '../system/shell-word';

export class Stopped extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
  }
}

/** `Stopped (SIGINT). What was fetched is kept; nx run mirror-seq2:mirror goes on from there.` */
export function stoppedInWords({ signal }: Stopped, context: ExecutorContext): string {
  const executor = context.target?.executor?.split(':').at(-1) ?? '';
  const row: Command | undefined = Object.entries(commands).find(([name]) => name === executor)?.[1];
  const command = commandOf(context) ?? 'the same command';
  return row?.stays === undefined
    ? `Stopped (${signal}). Nothing is half written; ${command} begins again.`
    : `Stopped (${signal}). ${row.stays}; ${command} goes on from there.`;
}

/** As it was typed, as far as Nx tells it. */
function commandOf({ projectName, targetName, configurationName, taskGraph }: ExecutorContext): string | undefined {
  if (projectName === undefined || targetName === undefined) return undefined;
  const task = [projectName, targetName, configurationName].filter((part) => part !== undefined).join(':');
  const typed: unknown = taskGraph?.tasks[task]?.overrides?.['__overrides_unparsed__'];
  const options = Array.isArray(typed) ? typed.map((option) => shellWord(String(option))) : [];
  return ['nx run', task, ...options].join(' ');
}

/** Writes to stderr, bypassing Nx: after SIGINT, Nx (23.2.1) swallows what its tasks write. */
export function writeLastWords(text: string): void {
  const { stderr, connected, env } = process;
  const isNxBetween = stderr.isTTY !== true && connected && env['NX_FORKED_TASK_EXECUTOR'] === 'true';
  if (!isNxBetween || !writeToParentStderr(text)) stderr.write(text);
}
