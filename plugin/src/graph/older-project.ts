import type { ProjectConfiguration } from '@nx/devkit';
import type { SequenceLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { belowRoot } from './report-target';
import { intentAndRecords } from './sequence-target';
import { executorTarget, prefixed } from './targets';

/**
 * The project that stands for the oldest sequences, so that a long chain costs Nx as much as a short one. Its folder is
 * that of the first one: `content/` would make chain.lock a file of it, and each new seal would affect it.
 */
export function olderProject(
  { layout, folded, name: mirror, nameOf }: NamedMirror,
  options: NormalizedOptions,
): ProjectConfiguration {
  const [oldest, newest] = [folded[0], folded.at(-1)] as [SequenceLayout, SequenceLayout];
  const name = nameOf(oldest);
  const target = prefixed('mirror', options);
  const which = `${folded.length === 1 ? '' : `seq${oldest.number} to `}seq${newest.number}`;
  return {
    root: oldest.root,
    name,
    projectType: 'library',
    targets: {
      [target]: executorTarget(
        'check',
        {
          description: `${which} of ${mirror} are sealed: check that their intent and records are unchanged`,
          task: `${name}:${target}`,
          example: {},
        },
        {
          options: { sequence: newest.root, earlier: true },
          cache: true,
          inputs: [
            ...globsUpTo(newest.number).map(
              (numbers) => `{workspaceRoot}/${belowRoot(layout.root)(`content/seq${numbers}-*/${intentAndRecords}`)}`,
            ),
            // Otherwise every change of the lockfile would be a miss.
            { externalDependencies: [] },
          ],
          outputs: [],
        },
      ),
    },
    metadata: {
      description: `${which}, sealed: they share this project. graph.show in seqmirror.yaml sets how many newer sequences have their own project`,
      technologies: ['oc-mirror'],
    },
  };
}

/** Globs that together match the numbers from 1 to this one: for 24 `[1-9]`, `1[0-9]`, `2[0-3]` and `24`. */
export function globsUpTo(number: number): string[] {
  const digits = String(number);
  const anyDigits = (count: number): string => '[0-9]'.repeat(count);
  const shorter = Array.from({ length: digits.length - 1 }, (_, index) => `[1-9]${anyDigits(index)}`);
  const smaller = [...digits].flatMap((digit, index) => {
    const [from, to] = [index === 0 ? 1 : 0, Number(digit) - 1];
    const range = from === to ? String(to) : `[${from}-${to}]`;
    return to < from ? [] : [`${digits.slice(0, index)}${range}${anyDigits(digits.length - index - 1)}`];
  });
  return [...shorter, ...smaller, digits];
}
