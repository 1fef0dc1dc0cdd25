import type { TargetConfiguration } from '@nx/devkit';
import type { Command, CommandName, CommandTarget } from '../commands/commands';
import { commands } from '../commands/commands';
import type { NormalizedOptions } from './options';
import { reportTarget } from './report-target';
import { executorTarget, prefixed } from './targets';

export interface CommandSubject {
  /** The Nx project that gets the targets. */
  readonly project: string;
  /** The options that targets of each scope pass to their executors; a scope that is missing here gets no targets. */
  readonly handed: { readonly [Scope in CommandTarget['scope']]?: Readonly<Record<string, string>> | undefined };
  readonly has: readonly (CommandTarget['needs'] | false)[];
  /** The mirror's folder, for targets that write reports; only projects of mirrors have them. */
  readonly mirrorRoot?: string | undefined;
  /** The folders that replace {sequence} and {site} in descriptions. */
  readonly sequence?: string | undefined;
  readonly site?: string | undefined;
}

/** The targets of a project according to the table of commands, by name, in its order. */
export function commandTargets(
  { project, handed, has, mirrorRoot, ...names }: CommandSubject,
  options: NormalizedOptions,
): Record<string, TargetConfiguration> {
  const rows = Object.entries(commands) as [CommandName, Command][];
  return Object.fromEntries(
    rows.flatMap(([command, { targets, runsAlone = false }]) => {
      const target = targets.find(({ scope, needs }) => handed[scope] && (needs === undefined || has.includes(needs)));
      if (target === undefined) return [];
      const name = prefixed(command, options);
      const { scope, takesSites = false, isReport = false, description, example } = target;
      const given = takesSites ? withSites(handed[scope]) : (handed[scope] ?? {});
      const explained = { description: withNames(description, names), task: `${project}:${name}`, example };
      const rest = {
        ...(Object.keys(given).length === 0 ? {} : { options: given }),
        ...(runsAlone ? { parallelism: false } : {}),
        ...(isReport && mirrorRoot !== undefined ? reportTarget(mirrorRoot) : {}),
      };
      return [[name, executorTarget(command, explained, rest)] as const];
    }),
  );
}

function withSites({ site, ...rest }: Readonly<Record<string, string>> = {}): Record<string, string | string[]> {
  return { ...rest, site: site === undefined ? [] : [site] };
}

function withNames(description: string, names: Pick<CommandSubject, 'sequence' | 'site'>): string {
  return description.replace(/\{(sequence|site)\}/g, (_, what: 'sequence' | 'site') => names[what] ?? what);
}
