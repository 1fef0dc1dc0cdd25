/** The output of `apply`: the plan for clusters, step by step, or what was applied. */
import type { ResourceChange } from '../../cluster-resources/resource-changes';
import type { ApplyOutcome, PlannedStep } from '../../sites/cluster-plan';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { goneInWords, missingSignaturesInWords } from './cluster-changes';

export function renderApply(outcome: ApplyOutcome): string {
  const { kind, site, project, registry, sequence, before, steps, gone, withoutSignature, output, cluster } = outcome;
  const where = `${sequence.folder} at ${printable(registry)}`;
  const since = before === undefined ? 'the clusters have nothing yet' : `compared with ${before.folder}`;
  const unknown = cluster?.unknownKinds ?? [];
  return [
    kind === 'applied'
      ? `${site}: applied ${where} to the cluster of ${contextOf(outcome)}, in ${counted(steps.length, 'step')} (${since})`
      : `${site}: the plan for each cluster, for ${where} (${since})`,
    ...(steps.length === 0
      ? ['  The sequence has no cluster resources']
      : steps.flatMap((step, index) => stepLines(step, index, output))),
    ...unknown.map((name) => `Left out: the cluster does not know ${name}. Its operator or its version is missing`),
    ...goneInWords(gone, sequence.folder),
    ...missingSignaturesInWords(withoutSignature),
    ...(kind === 'planned' && steps.length > 0
      ? [
          output === undefined ? 'Nothing was written or applied' : `The files are in ${printable(output)}`,
          `Next: nx run ${project}:apply --run --at=seq${sequence.number} applies the plan with oc or kubectl`,
        ]
      : []),
  ].join('\n');
}

function contextOf({ cluster }: ApplyOutcome): string {
  return cluster?.context === undefined ? 'the current context' : `the context ${printable(cluster.context)}`;
}

function stepLines({ files, why, reboots, changes }: PlannedStep, index: number, output: string | undefined): string[] {
  const isSame = changes.every(({ change }) => change === 'same');
  return [
    `  ${index + 1}. ${files.map((file) => printable(file)).join(', ')}${isSame ? ' (unchanged)' : ''}`,
    `     ${reboots ? 'NODES MAY REBOOT: ' : ''}${why}`,
    ...changes.filter(({ change }) => change !== 'same').map((each) => `     ${changeInWords(each)}`),
    ...(output === undefined
      ? []
      : [`     oc apply --server-side ${files.map((file) => `-f ${shellWord(`${output}/${file}`)}`).join(' ')}`]),
  ];
}

function changeInWords({ change, kind, name }: ResourceChange): string {
  return `${change}: ${printable(kind)} ${printable(name)}`;
}
