/**
 * Every command of the plugin, one row each: executors.json, the executors' schemas and docs/reference.md are made from these
 * rows, and the graph takes its targets from them. The options are in options.ts beside it, since Nx loads this file at
 * every command and zod takes longer than all of it. A command is a row here, a use case in api.ts and a renderer in
 * report/, connected in executors/command-executors.ts or executors/site-executors.ts.
 */
import { archiveCommands } from './archive-commands';
import { chainCommands } from './chain-commands';
import { mirroringCommands } from './mirroring-commands';
import { overviewCommands } from './overview-commands';
import { siteCommands } from './site-commands';

export type { Command, CommandTarget } from './command';

/** In the order in which people meet them: here, in executors.json, in docs/reference.md and among a project's targets. */
export const commands = {
  ...mirroringCommands,
  ...overviewCommands,
  ...siteCommands,
  ...archiveCommands,
  ...chainCommands,
};

export type CommandName = keyof typeof commands;
