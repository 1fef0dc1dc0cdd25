import type { TargetConfiguration } from '@nx/devkit';
import type { CommandName } from '../commands/commands';
import type { NormalizedOptions } from './options';

/**
 * Options that must reach the tasks that a task depends on are configurations: Nx passes flags only to the named task.
 */
const dryRun = 'dry-run';

export interface TargetText {
  readonly description: string;
  /** As typed: `mirror:seq2`. */
  readonly task: string;
  readonly example: { readonly options?: Record<string, unknown>; readonly args?: string[] };
}

/**
 * A target that runs one of our executors. Uncached by default, and with nothing beside it in the same run.
 *
 * @param explained `undefined`: without description and help
 */
export function executorTarget(
  executor: CommandName,
  explained: TargetText | undefined,
  rest: TargetConfiguration,
): TargetConfiguration {
  const target = { executor: `seqmirror:${executor}`, cache: false, ...rest };
  return explained === undefined ? target : { ...target, metadata: metadataOf(explained) };
}

/**
 * A target that only runs others. It has their configurations, else Nx would not pass them on, and `watch`, which it
 * passes on: Nx shows the output of watched tasks as it comes, and that of other projects' tasks not even at their end.
 */
export function aliasTarget(explained: TargetText, dependsOn: TargetConfiguration['dependsOn']): TargetConfiguration {
  return {
    executor: 'nx:noop',
    options: { watch: true },
    dependsOn: dependsOn ?? [],
    configurations: { [dryRun]: {} },
    metadata: metadataOf(explained),
  };
}

export const dryRunConfiguration = { [dryRun]: { dryRun: true } };

/** A target's name with the prefix that the plugin's options ask for. */
export function prefixed(name: string, { targetPrefix }: NormalizedOptions): string {
  return `${targetPrefix}${name}`;
}

function metadataOf({ description, task, example }: TargetText): NonNullable<TargetConfiguration['metadata']> {
  return { description, technologies: ['oc-mirror'], help: { command: `npx nx run ${task} --help`, example } };
}
