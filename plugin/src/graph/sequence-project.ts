import type { ProjectConfiguration } from '@nx/devkit';
import { commandTargets } from './command-targets';
import type { SequenceLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { checkTarget, refusedTarget, sequenceTarget } from './sequence-target';
import { prefixed } from './targets';

/**
 * The project of one sequence, for `nx graph` and `nx affected`, with the work of that sequence. An old one has its check
 * alone, without description and help: what Nx takes for a project grows with every property of every target. Other
 * commands reach it by the mirror's targets: `nx run mirror:validate --sequence=seq3`.
 */
export function sequenceProject(
  { layout, old, nameOf }: NamedMirror,
  sequence: SequenceLayout,
  { options, batches }: { readonly options: NormalizedOptions; readonly batches: boolean },
): ProjectConfiguration {
  const { root, folder, sealed } = sequence;
  const name = nameOf(sequence);
  const target = prefixed('mirror', options);
  if (old.has(sequence)) return { root, name, targets: { [target]: checkTarget(sequence, { target, nameOf }) } };
  const task = `${name}:${target}`;
  return {
    root,
    name,
    projectType: 'library',
    targets: {
      [target]: layout.rivals.includes(sequence)
        ? refusedTarget(task, sequence, 'number taken')
        : sequenceTarget(sequence, { task, target, nameOf, batches }),
      ...commandTargets(
        {
          project: name,
          handed: { sequence: { sequence: root } },
          has: [sealed ? 'a seal' : 'no seal'],
          sequence: folder,
        },
        options,
      ),
    },
    metadata: { description: `${folder}: ${sealed ? 'sealed' : 'planned'}`, technologies: ['oc-mirror'] },
  };
}
