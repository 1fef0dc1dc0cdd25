import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { SequenceLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { aliasTarget, executorTarget, prefixed } from './targets';

/**
 * The project of one sequence: what `nx graph` and `nx affected` see. Its `mirror` brings the mirror's own target along,
 * where the work is, because Nx shows the output of the project that was asked for and hides that of others.
 */
export function sequenceProject(
  { layout, name: mirror, nameOf }: NamedMirror,
  sequence: SequenceLayout,
  options: NormalizedOptions,
): ProjectConfiguration {
  const { root, folder, sealed } = sequence;
  const name = nameOf(sequence);
  const work = layout.rivals.includes(sequence) ? folder : `seq${sequence.number}`;
  return {
    root,
    name,
    projectType: 'library',
    targets: {
      [prefixed('mirror', options)]: aliasTarget(
        {
          description: `Mirror ${folder}, and before it what it builds on: \`${mirror}:${work}\``,
          task: `${name}:${prefixed('mirror', options)}`,
          example: { args: ['--configuration=dry-run'] },
        },
        [{ projects: [mirror], target: work, params: 'forward' }],
      ),
      ...(sealed ? sealedTargets(name, sequence, options) : {}),
    },
    metadata: { description: `${folder}: ${sealed ? 'sealed' : 'planned'}`, technologies: ['oc-mirror'] },
  };
}

/** What isn't sealed has nothing to prove or to make again, and no seal to take off. */
function sealedTargets(
  name: string,
  { root, folder }: SequenceLayout,
  options: NormalizedOptions,
): Record<string, TargetConfiguration> {
  const task = (target: string) => `${name}:${prefixed(target, options)}`;
  return {
    [prefixed('validate', options)]: executorTarget(
      'validate',
      {
        description: `Prove ${folder}: complete, and as it was sealed`,
        task: task('validate'),
        example: { options: { depth: 'full' } },
      },
      { options: { sequence: root } },
    ),
    [prefixed('upload', options)]: executorTarget(
      'upload',
      {
        description: `Bring ${folder} into a registry that can be reached from here`,
        task: task('upload'),
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      { options: { sequence: root } },
    ),
    [prefixed('reissue', options)]: executorTarget(
      'reissue',
      {
        description: `Make archives of ${folder} again where they are lost or damaged`,
        task: task('reissue'),
        example: { options: { dryRun: true } },
      },
      { options: { sequence: root }, parallelism: false },
    ),
    [prefixed('bundle', options)]: executorTarget(
      'bundle',
      {
        description: `Put together what carries ${folder} to a site`,
        task: task('bundle'),
        example: { options: { output: '/media/disk', media: 'bd25' } },
      },
      { options: { sequence: root } },
    ),
    [prefixed('void', options)]: executorTarget(
      'void',
      {
        description: `Take the seal off ${folder}, as long as it has not been dispatched`,
        task: task('void'),
        example: { options: { dryRun: true } },
      },
      { options: { sequence: root }, parallelism: false },
    ),
  };
}
