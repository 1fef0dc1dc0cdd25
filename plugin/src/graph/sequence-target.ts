import type { TargetConfiguration } from '@nx/devkit';
import type { FolderLayout, SequenceLayout } from './layout';
import type { TargetText } from './targets';
import { dryRunConfiguration, executorTarget } from './targets';

/**
 * A glob for the intent of a sequence and its records: the inputs of a sealed sequence's result, with the seal it is
 * linked to.
 */
export const intentAndRecords = `{${[
  'imageset-config.yaml',
  'sequence.yaml',
  'imageset-config.pinned.yaml',
  'seq-metadata.yaml',
  'seq-inventory.jsonl',
  'SHA256SUMS',
].join(',')}}`;

/** What a sequence's target needs besides the sequence. */
export interface SequenceWork {
  /** As typed: `mirror-seq2:mirror`. */
  readonly task: string;
  /** The target's name, the same in each sequence's project. */
  readonly target: string;
  readonly nameOf: (sequence: SequenceLayout) => string;
  /** Whether this Nx runs the checks of sealed sequences in one process. */
  readonly batches: boolean;
}

/**
 * `mirror-seq2:mirror`, the real work: mirrors a planned sequence, checks a sealed one. It belongs to the sequence's
 * own project, because Nx hashes a project's whole configuration: in the mirror's, each new sequence would make all
 * others miss.
 */
export function sequenceTarget(sequence: SequenceLayout, work: SequenceWork): TargetConfiguration {
  if (!sequence.sealed) return mirrorTarget(sequence, work);
  return checkTarget(sequence, work, {
    description: `${sequence.folder} is sealed: check that its intent and records are unchanged`,
    task: work.task,
    example: {},
  });
}

/** Never cached: Nx would take one run for the result of the next. */
function mirrorTarget(sequence: SequenceLayout, work: SequenceWork): TargetConfiguration {
  const { root, folder, previous } = sequence;
  return executorTarget(
    'mirror',
    {
      description: `Mirror ${folder}${previous === undefined ? '' : `, after ${previous.folder}`}`,
      task: work.task,
      example: { args: ['--configuration=dry-run'] },
    },
    {
      options: { sequence: root },
      configurations: dryRunConfiguration,
      // Without batches each check is a process, and mirroring checks all sealed sequences before it anyway.
      dependsOn: previous?.sealed === true && !work.batches ? [] : dependencyOn(previous, work),
      parallelism: false,
    },
  );
}

/**
 * A hit means exactly "this content is sealed in Git". No outputs, since Nx deletes and restores what it takes for a
 * task's work. No configuration `dry-run` either: it would be hashed, and a check writes nothing.
 */
export function checkTarget(
  { root, previous }: SequenceLayout,
  work: Pick<SequenceWork, 'target' | 'nameOf'>,
  explained?: TargetText,
): TargetConfiguration {
  return executorTarget('check', explained, {
    options: { sequence: root },
    dependsOn: dependencyOn(previous, work),
    cache: true,
    inputs: [
      `{projectRoot}/${intentAndRecords}`,
      ...(previous === undefined ? [] : [`{workspaceRoot}/${previous.root}/seq-metadata.yaml`]),
      // Otherwise every change of the lockfile would be a miss.
      { externalDependencies: [] },
    ],
    outputs: [],
  });
}

/**
 * Flags reach planned sequences only: so `--dryRun` never really runs what comes before, and does not change the hash
 * of a check.
 */
function dependencyOn(
  previous: SequenceLayout | undefined,
  { target, nameOf }: Pick<SequenceWork, 'target' | 'nameOf'>,
): NonNullable<TargetConfiguration['dependsOn']> {
  if (previous === undefined) return [];
  const dependency = { projects: [nameOf(previous)], target };
  return [previous.sealed ? dependency : { ...dependency, params: 'forward' }];
}

/**
 * The target of a folder that cannot be mirrored under its name, because the name is not a sequence's or its number is
 * taken: the executor refuses it, and says what to do. Nothing is mirrored before, and nothing is cached.
 */
export function refusedTarget(
  task: string,
  { root, folder }: FolderLayout,
  why: 'misnamed' | 'number taken',
): TargetConfiguration {
  return executorTarget(
    'mirror',
    {
      description: `Say why content/${folder} ${why === 'misnamed' ? 'is not a sequence' : 'cannot have its number'}`,
      task,
      example: {},
    },
    { options: { sequence: root }, configurations: dryRunConfiguration, parallelism: false },
  );
}
