/** `seqmirror --help` and `seqmirror <command> --help`, from the table of commands and the schemas of their options. */
import type { Command } from '../commands/commands';
import { commands } from '../commands/commands';
import { renderExitCodes } from '../report/text/exit-codes';
import { seqmirrorVersion } from '../system/package-version';
import { wrapWords } from '../system/wrap';
import { exitCodes } from './exit-codes';
import type { CommandOption, TypedCommand } from './options';
import { allOptionsOf, typedCommands } from './options';

/** @param width columns of the terminal; lines are at most 100 long anyway */
export function helpText(command: TypedCommand | undefined, { width }: { width: number }): string {
  const columns = Math.min(Math.max(width, 50), 100);
  return `${(command === undefined ? programHelp(columns) : commandHelp(command, columns)).join('\n')}\n`;
}

function programHelp(width: number): string[] {
  return [
    ...wrapWords(
      `seqmirror ${seqmirrorVersion()}: mirrors images for disconnected OpenShift clusters, in a chain of sequences`,
      { width },
    ),
    '',
    'Usage: seqmirror <command> [<sequence> | <site>] [options]',
    '',
    ...rows(
      typedCommands.map((name) => [name, commands[name].title]),
      width,
    ),
    ...rows([['completion', 'Print a script that completes commands in bash, zsh or fish']], width, widest),
    '',
    ...wrapWords(
      'For <sequence>, use `seq2`, the folder of the sequence, or `latest`. For <site>, use the code name.',
      { width },
    ),
    ...wrapWords(
      '`seqmirror <command> --help` explains a command. Each command is also an Nx target: `nx run mirror:list`.',
      {
        width,
      },
    ),
    '',
    'Exit codes:',
    renderExitCodes(exitCodes),
  ];
}

const widest = Math.max(...typedCommands.map((name) => name.length));

function commandHelp(command: TypedCommand, width: number): string[] {
  const { description }: Command = commands[command];
  return [
    `Usage: seqmirror ${[command, subjectInUsage(command)].filter((part) => part !== '').join(' ')} [options]`,
    '',
    ...wrapWords(description, { width }),
    '',
    'Options:',
    ...rows(
      allOptionsOf(command).map((option) => [nameInHelp(option), option.description]),
      width,
    ),
  ];
}

/** `[<sequence>]` if the mirror itself has the command too. */
function subjectInUsage(command: TypedCommand): string {
  const { targets, takes }: Command = commands[command];
  if (takes !== undefined) return `<${takes}>`;
  // `mirror` has no row there: its targets follow from the chain.
  const scopes = new Set(targets.length === 0 ? ['sequence'] : targets.map(({ scope }) => scope));
  const names = [
    ...(scopes.has('sequence') ? ['<sequence>'] : []),
    ...(scopes.has('site') || scopes.has('delivery') ? ['<site>'] : []),
  ].join(' | ');
  if (names === '') return '';
  if (scopes.has('mirror')) return `[${names}]`;
  return names.includes('|') ? `(${names})` : names;
}

function nameInHelp({ name, kind, values }: CommandOption): string {
  if (kind === 'flag') return `--${name}`;
  const value = values.length > 0 ? values.join('|') : kind === 'number' ? '<number>' : '<text>';
  return `--${name}=${value}`;
}

/** Two columns, the right one wrapped; a left cell that is too long gets a line of its own. */
function rows(cells: readonly (readonly [left: string, right: string])[], width: number, least = 0): string[] {
  const left = Math.min(Math.max(least, ...cells.map(([text]) => text.length)), 24);
  return cells.flatMap(([name, text]) => {
    const lines = wrapWords(text, { width: width - left - 4 });
    const [first = '', ...rest] = lines.map((line) => `${' '.repeat(left + 4)}${line}`);
    return name.length > left
      ? [`  ${name}`, first, ...rest]
      : [`  ${name.padEnd(left)}${first.slice(left + 2)}`, ...rest];
  });
}
