/**
 * The program `seqmirror`: the commands of the table without Nx around them. It calls the executors as Nx does, with
 * the target that Nx would infer, so that both work the same.
 */
import type { Command } from '../commands/commands';
import { commands } from '../commands/commands';
import * as executors from '../executors/command-executors';
import type { CommandContext } from '../executors/run-executor';
import { errorCodes } from '../system/error-codes';
import { isSeqmirrorError, renderExplanation } from '../system/errors';
import { fitLines } from '../system/fit-lines';
import { seqmirrorVersion } from '../system/package-version';
import { printable } from '../system/printable';
import type { CommandCall, ProgramCall } from './command-line';
import { parseCommandLine } from './command-line';
import { candidates, completionScripts } from './completion';
import { helpText } from './help';
import type { TypedCommand } from './options';
import type { Task } from './subject';
import { namesFor, taskOf } from './subject';
import type { Workspace } from './workspace';
import { chosenMirror, workspaceAround } from './workspace';

export interface ProgramWorld {
  readonly args: readonly string[];
  /** An absolute path. */
  readonly cwd: string;
  /** Width of the terminal. */
  readonly columns: number;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** Runs, and returns the exit code: 0, 1, or 2 as in exit-codes.ts. */
export async function answerCommandLine(world: ProgramWorld): Promise<0 | 1 | 2> {
  try {
    return await answer(parseCommandLine(world.args), world);
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    world.stderr(`${fitLines(renderExplanation(error), world.columns)}\n`);
    return 2;
  }
}

async function answer(call: ProgramCall, { args, cwd, columns, stdout }: ProgramWorld): Promise<0 | 1 | 2> {
  switch (call.kind) {
    case 'help':
      stdout(helpText(call.command, { width: columns }));
      return 0;
    case 'version':
      stdout(`${seqmirrorVersion()}\n`);
      return 0;
    case 'completion':
      stdout(completionScripts[call.shell]);
      return 0;
    case 'candidates': {
      const names = await candidates(call.words, (command) => namesIn(cwd, command));
      stdout(names.map((name) => `${printable(name)}\n`).join(''));
      return 0;
    }
    case 'command':
      return (await run(call, { cwd, typed: args })) ? 0 : 1;
  }
}

/** Completion must not print errors: if there is no mirror to ask, there are no names. */
async function namesIn(cwd: string, command: TypedCommand): Promise<string[]> {
  if (command === 'explain') return Object.keys(errorCodes);
  const workspace = await workspaceAround(cwd);
  const mirrors = workspace?.mirrors ?? [];
  return workspace === undefined ? [] : mirrors.flatMap((mirror) => namesFor(command, { workspace, mirror }));
}

async function run(call: CommandCall, place: Pick<CommandContext, 'cwd' | 'typed'>): Promise<boolean> {
  const { cwd } = place;
  const { command, subject } = call;
  const workspace = await workspaceAround(cwd);
  const { takes }: Command = commands[command];
  // A folder elsewhere can be validated without a workspace.
  const isElsewhere = workspace === undefined && command === 'validate' && call.options['path'] !== undefined;
  if (takes !== undefined || isElsewhere) return execute(call, { ...place, root: cwd });
  const mirror = chosenMirror(workspace, { asked: call.mirror, cwd });
  const task = taskOf(command, { workspace: workspace as Workspace, mirror, subject });
  return execute(call, { ...place, root: (workspace as Workspace).root, workspace, task });
}

async function execute(
  { command, options, isVerbose, isQuiet }: CommandCall,
  {
    root,
    cwd,
    typed,
    workspace,
    task,
  }: Pick<CommandContext, 'root' | 'cwd' | 'typed'> & { workspace?: Workspace | undefined; task?: Task },
): Promise<boolean> {
  const { executor = `seqmirror:${command}`, options: given = {} } = task?.target ?? {};
  const name = executor.replace('seqmirror:', '') as keyof typeof executors;
  const projects = Object.values(workspace?.projects ?? {});
  const context: CommandContext = {
    ...{ root, cwd, typed, isVerbose, isQuiet },
    projectName: task?.project.name ?? '',
    targetName: command,
    // Whatever Nx caches, this program runs it.
    target: { ...task?.target, executor, cache: false },
    projectsConfigurations: {
      version: 2,
      projects: Object.fromEntries(projects.map((project) => [project.name ?? project.root, project])),
    },
    nxJsonConfiguration: {},
    projectGraph: { nodes: {}, dependencies: {} },
  };
  // Nx starts its executors there.
  process.chdir(root);
  const { success } = await executors[name]({ ...given, ...options }, context);
  return success;
}
