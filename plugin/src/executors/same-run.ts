/**
 * Finds the tasks of the same run of Nx that read the archives of a chain already. Needed if Nx runs each task in its
 * own process, as before 22.6, with `--no-batch` or NX_BATCH_MODE=false; otherwise validate-together.ts has all of
 * them.
 */
import type { ExecutorContext, ProjectConfiguration, Task } from '@nx/devkit';
import type { CommandOptions } from '../commands/options';

/**
 * The tasks that validate the sequences of the mirror whose chain this task validates, with the same options.
 *
 * @returns their ids, `mirror-seq1:validate`; empty if one of the sealed sequences is not among them
 */
export function readByOthers(
  { projectName = '', targetName = '', configurationName, projectsConfigurations, taskGraph }: ExecutorContext,
  { path, sample, depth }: Pick<CommandOptions<'validate'>, 'path' | 'sample' | 'depth'>,
): string[] {
  const { projects } = projectsConfigurations;
  const root = projects[projectName]?.root;
  const tasks = Object.values(taskGraph?.tasks ?? {});
  const own = tasks.find(({ target }) => target.project === projectName && target.target === targetName);
  if (root === undefined || own === undefined || path !== undefined || sample !== undefined || depth === 'quick')
    return [];
  const sequences = Object.entries(projects).filter(
    ([, project]) => isBelow(project.root, root) && (isValidated(project, targetName) || isChecked(project)),
  );
  const others = sequences.map(([name]) => tasks.find((task) => readsAsMuch(task, own, { name, configurationName })));
  return others.some((task) => task === undefined) ? [] : others.flatMap((task) => task?.id ?? []);
}

function isBelow(folder: string, root: string): boolean {
  return folder.startsWith(root === '.' ? 'content/' : `${root}/content/`);
}

function isValidated({ root, targets = {} }: ProjectConfiguration, targetName: string): boolean {
  return targets[targetName]?.options?.sequence === root;
}

/** The graph has nothing but the check for old sequences, so that no other task reads their archives. */
function isChecked({ targets = {} }: ProjectConfiguration): boolean {
  return Object.values(targets).some(({ executor }) => executor === 'seqmirror:check');
}

/** Not a task that Nx may have taken from its cache: that read nothing. */
function readsAsMuch(
  { target, overrides, cache }: Task,
  own: Task,
  { name, configurationName }: { readonly name: string; readonly configurationName: string | undefined },
): boolean {
  return (
    target.project === name &&
    target.target === own.target.target &&
    target.configuration === configurationName &&
    cache !== true &&
    JSON.stringify(overrides) === JSON.stringify(own.overrides)
  );
}
