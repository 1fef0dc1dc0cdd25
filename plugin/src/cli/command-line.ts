/** Parses what was typed after `seqmirror`. */
import { parseArgs } from 'node:util';
import type { Command } from '../commands/commands';
import { commands } from '../commands/commands';
import { didYouMean } from '../system/did-you-mean';
import { commandLineMisused } from './errors';
import type { CommandOption, Shell, TypedCommand } from './options';
import { allOptionsOf, commonOptions, dashed, shells, typedCommands } from './options';

export interface CommandCall {
  readonly kind: 'command';
  readonly command: TypedCommand;
  /** What the command is for: `seq2`, `bravo`; `undefined`: the mirror. */
  readonly subject: string | undefined;
  /** The mirror's name or folder. */
  readonly mirror: string | undefined;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  /** By the executor's names: `dryRun`. */
  readonly options: Readonly<Record<string, unknown>>;
}

export type ProgramCall =
  | CommandCall
  | { readonly kind: 'help'; readonly command: TypedCommand | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'completion'; readonly shell: Shell }
  /** What could follow the words typed so far; the last one may be incomplete. */
  | { readonly kind: 'candidates'; readonly words: readonly string[] };

/** @throws SEQ0175 */
export function parseCommandLine(args: readonly string[]): ProgramCall {
  const [first, ...rest] = args;
  switch (first) {
    case undefined:
    case '--help':
    case '-h':
      return { kind: 'help', command: undefined };
    case '--version':
    case '-v':
      return { kind: 'version' };
    case 'help':
      return { kind: 'help', command: rest[0] === undefined ? undefined : commandOf(rest[0]) };
    case 'completion':
      return completionOf(rest);
    default:
      return callOf(commandOf(first), rest);
  }
}

function commandOf(word: string): TypedCommand {
  const command = typedCommands.find((name) => name === word);
  if (command !== undefined) return command;
  const problem = word.startsWith('-') ? 'The command must come before its options' : `There is no command \`${word}\``;
  throw commandLineMisused({ problem, meant: didYouMean(word, typedCommands) });
}

function completionOf([first, ...rest]: readonly string[]): ProgramCall {
  if (first === 'words') return { kind: 'candidates', words: rest[0] === '--' ? rest.slice(1) : rest };
  const shell = shells.find((name) => name === first);
  if (shell !== undefined && rest.length === 0) return { kind: 'completion', shell };
  throw commandLineMisused({ problem: `\`seqmirror completion\` needs one of ${shells.join(', ')}` });
}

function callOf(command: TypedCommand, args: readonly string[]): ProgramCall {
  const known = allOptionsOf(command);
  const { tokens } = parseArgs({
    args: args.map(inDashes),
    options: {
      ...Object.fromEntries(
        known.map(({ name, kind }) => [name, { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) }]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const subjects = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  if (subjects.length > 1)
    throw commandLineMisused({
      problem: `\`seqmirror ${command}\` accepts only one name; \`${subjects[1]}\` is a second one`,
      command,
    });
  const typed = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const values = new Map<string, unknown>();
  const { takes }: Command = commands[command];
  if (takes !== undefined && subjects.length === 1) values.set(takes, subjects[0]);
  for (const { name, value } of typed) {
    const option = known.find((each) => each.name === name);
    if (option === undefined) throw optionUnknown(name, { known, command });
    values.set(option.key, valueOf(option, { value, before: values.get(option.key), command }));
  }
  if (values.get('help') === true) return { kind: 'help', command };
  const missing = known.find(({ key, isRequired }) => isRequired && !values.has(key));
  if (missing !== undefined) {
    const problem =
      missing.key === takes ? `\`seqmirror ${command}\` needs a ${takes}` : `--${missing.name} is missing`;
    throw commandLineMisused({ problem, command });
  }
  const isOwn = ([key]: readonly [string, unknown]): boolean => commonOptions.every((option) => option.key !== key);
  return {
    kind: 'command',
    ...{ command, subject: takes === undefined ? subjects[0] : undefined },
    mirror: values.get('mirror') as string | undefined,
    isQuiet: values.get('quiet') === true,
    isVerbose: values.get('verbose') === true,
    options: Object.fromEntries([...values].filter(isOwn)),
  };
}

/** `--dryRun`, as Nx writes it too → `--dry-run`. */
function inDashes(arg: string): string {
  return arg.replace(/^--[a-z][A-Za-z]*/, dashed);
}

function valueOf(
  { name, kind, values }: CommandOption,
  { value, before, command }: { value: string | undefined; before: unknown; command: TypedCommand },
): unknown {
  const misused = (problem: string) => commandLineMisused({ problem: `--${name} ${problem}`, command });
  if (kind === 'flag') {
    if (value !== undefined) throw misused('takes no value');
    return true;
  }
  if (value === undefined) throw misused('needs a value');
  // As in Nx: --site=alpha,bravo is --site=alpha --site=bravo.
  if (kind === 'list') return [...((before as string[] | undefined) ?? []), ...value.split(',')];
  if (before !== undefined) throw misused('is given twice');
  if (values.length > 0 && !values.includes(value))
    throw misused(`must be one of ${values.join(', ')}, not \`${value}\``);
  if (kind === 'text') return value;
  if (!/^\d{1,9}$/.test(value)) throw misused(`must be a number, not \`${value}\``);
  return Number(value);
}

function optionUnknown(name: string, { known, command }: { known: readonly CommandOption[]; command: TypedCommand }) {
  const meant = didYouMean(
    name,
    known.map((option) => option.name),
  );
  return commandLineMisused({
    problem: `\`seqmirror ${command}\` has no option --${name}`,
    meant: meant === undefined ? undefined : `--${meant}`,
    command,
  });
}
