import type { ProjectConfiguration } from '@nx/devkit';
import { commandTargets } from './command-targets';
import type { SequenceLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { aliasTarget, prefixed } from './targets';

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
      ...commandTargets(
        { project: name, handed: { sequence: { sequence: root } }, has: [sealed && 'a seal'], sequence: folder },
        options,
      ),
    },
    metadata: { description: `${folder}: ${sealed ? 'sealed' : 'planned'}`, technologies: ['oc-mirror'] },
  };
}
