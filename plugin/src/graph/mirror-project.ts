import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { commandTargets } from './command-targets';
import type { SequenceLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { refusedTarget, sequenceTarget } from './sequence-target';
import { aliasTarget, prefixed } from './targets';

/** The project that owns a chain: one target a sequence, and what concerns them all. */
export function mirrorProject({ layout, name }: NamedMirror, options: NormalizedOptions): ProjectConfiguration {
  const sequences = sequenceTargets({ layout, name });
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
      // Only groups with members, and only targets that exist: Nx 22 ends every `nx run` otherwise.
      targetGroups: {
        ...(count + layout.misnamed.length === 0 ? {} : { Sequences: Object.keys(sequences) }),
        Chain: Object.keys(chain),
      },
    },
  };
}

function sequenceTargets({ layout, name }: Pick<NamedMirror, 'layout' | 'name'>): Record<string, TargetConfiguration> {
  const targets: Record<string, TargetConfiguration> = {};
  for (const sequence of layout.sequences) {
    targets[`seq${sequence.number}`] = sequenceTarget(`${name}:seq${sequence.number}`, sequence);
  }
  for (const rival of layout.rivals) {
    targets[rival.folder] = refusedTarget(`${name}:${rival.folder}`, rival, 'number taken');
  }
  for (const folder of layout.misnamed) {
    const readable = folder.folder.replace(/[^A-Za-z0-9._-]+/g, '-');
    const target = readable in targets ? `${readable}-misnamed` : readable;
    targets[target] = refusedTarget(`${name}:${target}`, folder, 'misnamed');
  }
  return targets;
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
        has: [last !== undefined && 'a sequence', layout.sites.length > 0 && 'a site'],
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
