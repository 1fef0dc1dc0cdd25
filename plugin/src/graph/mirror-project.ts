import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { commandTargets } from './command-targets';
import type { SequenceLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { refusedTarget } from './sequence-target';
import { aliasTarget, prefixed } from './targets';

/** The project of a mirror: a short name for the work of each sequence, and the targets for the whole chain. */
export function mirrorProject(mirror: NamedMirror, options: NormalizedOptions): ProjectConfiguration {
  const { layout, name } = mirror;
  const sequences = sequenceTargets(mirror, options);
  const chain = chainTargets({ layout, name }, options);
  const count = layout.sequences.length + layout.rivals.length;
  return {
    root: layout.root,
    name,
    projectType: 'application',
    targets: { ...sequences, ...chain },
    metadata: {
      description: `A chain of ${count} mirror ${count === 1 ? 'sequence' : 'sequences'}`,
      technologies: ['oc-mirror'],
      // Only groups with members, and only targets that exist: otherwise Nx 22 fails every `nx run`.
      targetGroups: {
        ...(count + layout.misnamed.length === 0 ? {} : { Sequences: Object.keys(sequences) }),
        Chain: Object.keys(chain),
      },
    },
  };
}

function sequenceTargets(mirror: NamedMirror, options: NormalizedOptions): Record<string, TargetConfiguration> {
  const { layout, name } = mirror;
  const targets: Record<string, TargetConfiguration> = {};
  for (const sequence of layout.sequences) {
    targets[`seq${sequence.number}`] = sequenceAlias(`seq${sequence.number}`, sequence, { mirror, options });
  }
  for (const rival of layout.rivals) targets[rival.folder] = sequenceAlias(rival.folder, rival, { mirror, options });
  for (const folder of layout.misnamed) {
    const readable = folder.folder.replace(/[^A-Za-z0-9._-]+/g, '-');
    const target = readable in targets ? `${readable}-misnamed` : readable;
    targets[target] = refusedTarget(`${name}:${target}`, folder, 'misnamed');
  }
  return targets;
}

/**
 * `mirror:seq2` for `mirror-seq2:mirror`. For a planned sequence, it runs those of the planned ones before it first, so
 * that Nx shows their output too.
 */
function sequenceAlias(
  alias: string,
  sequence: SequenceLayout,
  {
    mirror: { layout, name, old, nameOf },
    options,
  }: { readonly mirror: NamedMirror; readonly options: NormalizedOptions },
): TargetConfiguration {
  const { folder, sealed, previous } = sequence;
  const target = prefixed('mirror', options);
  const work = { projects: [nameOf(sequence)], target };
  if (old.has(sequence)) return { executor: 'nx:noop', dependsOn: [work] };
  const isRival = layout.rivals.includes(sequence);
  const does = isRival
    ? `Say why content/${folder} cannot have its number`
    : sealed
      ? `Check that ${folder} is as it was sealed`
      : `Mirror ${folder}, after the planned sequences before it`;
  const planned = { ...work, params: 'forward' as const, options: 'forward' as const };
  const before = isRival || previous === undefined || previous.sealed ? [] : [`seq${previous.number}`];
  return aliasTarget(
    {
      description: `${does}: \`${nameOf(sequence)}:${target}\``,
      task: `${name}:${alias}`,
      example: { args: ['--configuration=dry-run'] },
    },
    sealed && !isRival
      ? [work]
      : [...before.map((earlier) => ({ target: earlier, params: 'forward' as const })), planned],
  );
}

function chainTargets(
  { layout, name }: Pick<NamedMirror, 'layout' | 'name'>,
  options: NormalizedOptions,
): Record<string, TargetConfiguration> {
  const last = layout.sequences.at(-1);
  return {
    ...(last === undefined ? {} : { [prefixed('latest', options)]: latestTarget(name, last, options) }),
    ...commandTargets(
      {
        project: name,
        handed: { mirror: {} },
        has: [last !== undefined && 'a sequence'],
        mirrorRoot: layout.root,
      },
      options,
    ),
  };
}

function latestTarget(name: string, { number }: SequenceLayout, options: NormalizedOptions): TargetConfiguration {
  return aliasTarget(
    {
      description: 'Mirror every sequence that is not sealed yet, in order',
      task: `${name}:${prefixed('latest', options)}`,
      example: { args: ['--configuration=dry-run'] },
    },
    [{ target: `seq${number}`, params: 'forward' }],
  );
}
