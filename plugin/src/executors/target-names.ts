/** Commands in messages as they are typed in this workspace. */
import type { ProjectsConfigurations } from '@nx/devkit';

type Projects = Pick<ProjectsConfigurations, 'projects'>;

/**
 * Puts the names that targets have here into a text's commands. Messages name targets as the table of commands does, and
 * the plugin's option `targetPrefix` names them otherwise: `nx run mirror:list` becomes `nx run mirror:chain-list`. What
 * is no target of ours under another name stays as it is.
 */
export function withTargetNames(text: string, { projects }: Projects): string {
  return text.replace(/\bnx run ([^\s:`'"]+):([a-z]+)(?![\w-])/g, (command, project: string, target: string) => {
    const name = nameOf(target, projects[project]?.targets);
    return name === undefined ? command : `nx run ${project}:${name}`;
  });
}

function nameOf(command: string, targets: Projects['projects'][string]['targets'] = {}): string | undefined {
  const executors = executorsOf[command] ?? [`seqmirror:${command}`];
  const isOurs = (name: string): boolean => executors.includes(targets[name]?.executor ?? '');
  if (isOurs(command)) return command;
  return Object.keys(targets).find((name) => name.endsWith(command) && isOurs(name));
}

/** Those that are not called as their targets are. */
const executorsOf: Readonly<Record<string, readonly string[]>> = {
  latest: ['nx:noop'],
  mirror: ['seqmirror:mirror', 'seqmirror:check'],
};
