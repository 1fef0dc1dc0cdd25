/** The subject of a command: the mirror, one of its sequences, or one of its sites, as the targets of Nx name them. */
import { basename } from 'node:path';
import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { MirrorLayout } from '../graph/layout';
import { subjectUnknown } from './errors';
import type { TypedCommand } from './options';
import type { Workspace } from './workspace';

export interface Task {
  readonly project: ProjectConfiguration & { readonly name: string };
  readonly target: TargetConfiguration & { readonly executor: string };
}

/**
 * The task that Nx would run for `seqmirror <command> <asked>`.
 *
 * @param asked.subject `seq2`, the sequence's folder, `latest`, or a site's name; `undefined`: the mirror
 * @throws SEQ0177
 */
export function taskOf(
  command: TypedCommand,
  { workspace, mirror, subject }: { workspace: Workspace; mirror: MirrorLayout; subject: string | undefined },
): Task {
  const at =
    subject === undefined ? mirror.root : subjectsOf(mirror).find(({ names }) => names.includes(subject))?.root;
  const task = at === undefined ? undefined : taskAt(at, { command, workspace });
  if (task !== undefined) return task;
  const { name = mirror.root } = workspace.projects[mirror.root] ?? {};
  throw subjectUnknown({ command, asked: subject, mirror: name, known: namesFor(command, { workspace, mirror }) });
}

/** The names that a command accepts in a mirror, one per sequence or site. */
export function namesFor(
  command: TypedCommand,
  { workspace, mirror }: { workspace: Workspace; mirror: MirrorLayout },
): string[] {
  return subjectsOf(mirror)
    .filter(({ root }) => taskAt(root, { command, workspace }) !== undefined)
    .map(({ names }) => names[0] as string);
}

/** Sequences and sites, each with its names, the usual one first. */
function subjectsOf({ sequences, rivals, sites }: MirrorLayout): { root: string; names: readonly string[] }[] {
  const latest = sequences.at(-1);
  return [
    ...sequences.map((sequence) => ({
      root: sequence.root,
      names: [`seq${sequence.number}`, sequence.folder, ...(sequence === latest ? ['latest'] : [])],
    })),
    ...rivals.map(({ root, folder }) => ({ root, names: [folder] })),
    ...sites.map(({ root }) => ({ root, names: [basename(root)] })),
  ];
}

function taskAt(
  root: string,
  { command, workspace }: { command: TypedCommand; workspace: Workspace },
): Task | undefined {
  const project = workspace.projects[root];
  const target = project?.targets?.[command];
  // Other targets only run tasks of Nx.
  if (project?.name === undefined || target?.executor?.startsWith('seqmirror:') !== true) return undefined;
  return { project: { ...project, name: project.name }, target: { ...target, executor: target.executor } };
}
