import { dirname } from 'node:path/posix';
import type { TargetConfiguration } from '@nx/devkit';
import type { FolderLayout, SequenceLayout } from './layout';
import { globsOfNumbersUpTo } from './number-globs';
import { dryRunConfiguration, executorTarget } from './targets';

/** The intent of a sequence and its records: what a sealed sequence's result depends on, and all it depends on. */
const intentAndRecords = [
  'imageset-config.yaml',
  'sequence.yaml',
  'imageset-config.pinned.yaml',
  'seq-metadata.yaml',
  'seq-inventory.jsonl',
  'SHA256SUMS',
];

/**
 * `mirror:seq2`, the real work. Cacheable once sealed, and then a hit says exactly "this content is sealed in Git".
 * Planned sequences never are: Nx would take the first run's failure to need anything for a result.
 * No outputs ever, since Nx deletes and restores what it thinks a task has made.
 */
export function sequenceTarget(task: string, sequence: SequenceLayout): TargetConfiguration {
  const { root, folder, sealed, previous } = sequence;
  return executorTarget(
    'mirror',
    {
      description: sealed
        ? `${folder} is sealed: checks that its intent and records say so still`
        : `Mirror ${folder}${previous === undefined ? '' : `, after ${previous.folder}`}`,
      task,
      example: { args: ['--configuration=dry-run'] },
    },
    {
      options: { sequence: root },
      configurations: dryRunConfiguration,
      // Forwarded, so that `--dryRun` typed as a flag is not a real run of what comes before.
      dependsOn: previous === undefined ? [] : [{ target: `seq${previous.number}`, params: 'forward' }],
      parallelism: false,
      cache: sealed,
      ...(sealed ? cachedBy(sequence) : {}),
    },
  );
}

/** Said of sealed sequences only: a thousand planned ones are a graph that Nx reads and writes at every command. */
function cachedBy(sequence: SequenceLayout): Pick<TargetConfiguration, 'inputs' | 'outputs'> {
  return {
    inputs: [
      filesUpTo(sequence),
      // Else every change of the lockfile would be a miss.
      { externalDependencies: [] },
    ],
    outputs: [],
  };
}

/**
 * Intents and records of a sequence and of all before it, whose seals it carries. One pattern, and not six for each:
 * Nx keeps a note of where each came from, which a thousand sequences feel.
 */
function filesUpTo({ root, number }: SequenceLayout): string {
  const folders = globsOfNumbersUpTo(number).map((numbers) => `seq${numbers}-*`);
  return `{workspaceRoot}/${dirname(root)}/{${folders.join(',')}}/{${intentAndRecords.join(',')}}`;
}

/**
 * What stands for a folder that cannot be mirrored as it is called, because its name is no sequence's or its number is
 * taken: the executor refuses it, and says what to do. Nothing is mirrored before that, and nothing of it cached.
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
