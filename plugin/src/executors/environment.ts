/** The environment of a task, without what files of the workspace put into it. */
import { join } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { environmentOutside } from '../system/workspace-environment';

/** @param projects those of a batch, which the context does not name. @throws SEQ0710 */
export function environmentOfTask(
  context: ExecutorContext,
  projects: readonly string[] = [context.projectName ?? ''],
): Promise<Readonly<NodeJS.ProcessEnv>> {
  const { root, projectsConfigurations } = context;
  const roots = projects.flatMap((name) => projectsConfigurations.projects[name]?.root ?? []);
  const folders: [string, ...string[]] = [root, ...roots.map((folder) => join(root, folder))];
  return environmentOutside(process.env, { folders, names: namesInFiles(context) });
}

/** The projects whose tasks a batch has. */
export function projectsOf({ tasks }: Pick<TaskGraph, 'tasks'>): string[] {
  return Object.values(tasks).map(({ target }) => target.project);
}

/** Those of the target and its configuration, and of targets that Nx takes for its owner (task-env.ts, getOwnerTargetForTask). */
function namesInFiles({
  projectName = '',
  projectsConfigurations,
  targetName,
  configurationName,
}: ExecutorContext): string[] {
  const { targets = {}, metadata } = projectsConfigurations.projects[projectName] ?? {};
  const groups = Object.values(metadata?.targetGroups ?? {}).filter((group) => group.includes(targetName ?? ''));
  const owners = groups.flat().filter((name) => targets[name]?.metadata?.nonAtomizedTarget !== undefined);
  const names = owners.flatMap((name) => [name, targets[name]?.metadata?.nonAtomizedTarget]);
  return [targetName, configurationName, ...names].filter((name) => name !== undefined);
}
