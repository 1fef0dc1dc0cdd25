/** The options of commands as people type them, from the schemas that Nx checks them against. */
import { createRequire } from 'node:module';
import type { Command, CommandName } from '../commands/commands';
import { commands } from '../commands/commands';

/** Commands that can be typed. `check` is what `mirror` does with a sealed sequence. */
export type TypedCommand = Exclude<CommandName, 'check'>;

export const typedCommands = (Object.keys(commands) as CommandName[]).filter(
  (name): name is TypedCommand => name !== 'check',
);

export interface CommandOption {
  /** As it is typed: `dry-run`. Nx's spelling, `dryRun`, is accepted too. */
  readonly name: string;
  /** As executors call it: `dryRun`. */
  readonly key: string;
  readonly kind: 'flag' | 'text' | 'number' | 'list';
  /** The values that it takes; empty: any. */
  readonly values: readonly string[];
  readonly description: string;
  readonly isRequired: boolean;
}

/** Shells that commands can be completed in. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Options that every command has. */
export const commonOptions: readonly CommandOption[] = [
  common(
    'mirror',
    'text',
    'The name or folder of the mirror. Default: the mirror of the current folder, or the only mirror.',
  ),
  common('quiet', 'flag', 'Print no progress.'),
  common('verbose', 'flag', 'Print a stack trace with each error.'),
  common('help', 'flag', 'Print this help.'),
];

/** A property of an executor's schema, as far as commands use it. */
interface Property {
  readonly type: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
}

interface OptionSchema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
}

/** Options that name the subject; the program takes it from what follows the command. */
const places = new Set(['sequence', 'watch']);

/** The options of a command, in the order of its schema. */
function optionsOf(command: TypedCommand): CommandOption[] {
  const { properties, required } = schemaOf(command);
  return Object.entries(properties)
    .filter(([key]) => !places.has(key) && !isSiteFolder(command, key))
    .map(([key, { type, description = '', enum: values = [] }]) => ({
      ...{ name: dashed(key), key, values, description },
      kind: kindOf(type),
      isRequired: required.includes(key),
    }));
}

/** The same with those that every command has; one that works on no mirror is given none. */
export function allOptionsOf(command: TypedCommand): CommandOption[] {
  const { takes }: Command = commands[command];
  return [...optionsOf(command), ...commonOptions.filter(({ key }) => takes === undefined || key !== 'mirror')];
}

/** `dryRun` → `dry-run`. */
export function dashed(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Commands of a site take its folder as `site`; in others `site` is an option with names of sites. */
function isSiteFolder(command: TypedCommand, key: string): boolean {
  return key === 'site' && commands[command].targets.some(({ scope }) => scope === 'site');
}

function kindOf(type: Property['type']): CommandOption['kind'] {
  switch (type) {
    case 'boolean':
      return 'flag';
    case 'array':
      return 'list';
    case 'number':
      return 'number';
    default:
      return 'text';
  }
}

/** The same relative path is right in `src/` and in `dist/`. */
function schemaOf(command: TypedCommand): OptionSchema {
  return createRequire(__filename)(`../executors/schemas/${command}.json`) as OptionSchema;
}

function common(name: string, kind: CommandOption['kind'], description: string): CommandOption {
  return { name, key: name, kind, values: [], description, isRequired: false };
}
