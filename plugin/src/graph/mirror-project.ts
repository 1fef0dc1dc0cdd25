import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { refusedTarget, sequenceTarget } from './sequence-target';
import { aliasTarget, executorTarget, prefixed } from './targets';

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
  const named = (target: string) => prefixed(target, options);
  const task = (target: string) => `${name}:${named(target)}`;
  const last = layout.sequences.at(-1);
  return {
    ...(last === undefined
      ? {}
      : {
          [named('latest')]: aliasTarget(
            {
              description: 'Mirror every sequence that is not sealed yet, in order',
              task: task('latest'),
              example: { args: ['--configuration=dry-run'] },
            },
            [{ target: `seq${last.number}`, params: 'forward' }],
          ),
        }),
    [named('list')]: executorTarget(
      'list',
      {
        description: 'List the sequences: state, type, sizes, what each needs, where its archives are',
        task: task('list'),
        example: { options: { json: true } },
      },
      {},
    ),
    ...(layout.sites.length === 0
      ? {}
      : {
          [named('status')]: executorTarget(
            'status',
            {
              description: 'Show what each site has, what is on its way, and what is overdue',
              task: task('status'),
              example: { options: { json: true } },
            },
            {},
          ),
        }),
    // There is a chain to prove, sealed or not, once there is a sequence.
    ...(last === undefined
      ? {}
      : {
          [named('validate')]: executorTarget(
            'validate',
            {
              description: 'Prove the chain: every sequence complete, and as it was sealed',
              task: task('validate'),
              example: { options: { depth: 'full' } },
            },
            {},
          ),
        }),
    [named('renumber')]: executorTarget(
      'renumber',
      {
        description: 'Move a sequence that claims a taken number behind the others, without mirroring again',
        task: task('renumber'),
        example: { options: { folder: 'seq5-add-tempo' } },
      },
      { parallelism: false },
    ),
    ...(last === undefined
      ? {}
      : {
          [named('sign')]: executorTarget(
            'sign',
            {
              description: 'Sign chain.lock as it is: when signing is new, when the key has changed, after a merge',
              task: task('sign'),
              example: {},
            },
            { parallelism: false },
          ),
        }),
    [named('unlock')]: executorTarget(
      'unlock',
      {
        description: 'Open the lock that a killed run left behind, after looking whether it is still held',
        task: task('unlock'),
        example: {},
      },
      { parallelism: false },
    ),
  };
}
