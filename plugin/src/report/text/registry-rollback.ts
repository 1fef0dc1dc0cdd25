/** The output of `rollback --tags`: a plan, or what was done. */
import { posix } from 'node:path';
import type { RegistryRollbackOutcome, RegistryRollbackPlan } from '../../sites/registry-rollback';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { commitOf } from './commit';
import { goneInWords, missingSignaturesInWords } from './cluster-changes';
import { listed } from './listed';
import { applyInWords } from './upload';

export function renderRegistryRollback(
  { kind, plan }: RegistryRollbackOutcome,
  { mirrorRoot }: { readonly mirrorRoot: string },
): string {
  return kind === 'planned' ? planned(plan) : done(plan, mirrorRoot);
}

function planned(plan: RegistryRollbackPlan): string {
  const { site, registry, from, to, tags, unchanged, staying, id } = plan;
  return [
    `${site}: this plan moves ${counted(tags.length, 'tag')} in ${printable(registry)} back from ${from.folder} to ${to.folder}`,
    ...listed(
      tags.map(
        ({ place, expected, there }) => `${place} to ${expected}${there === undefined ? ', which is missing now' : ''}`,
      ),
    ),
    `  ${counted(unchanged, 'tag')} already ${unchanged === 1 ? 'points' : 'point'} to the image of ${to.folder}`,
    'The plan can be undone: an upload of a later sequence moves the tags forward again, without sending images again.',
    'The plan does not undo:',
    '  updates of a cluster. OpenShift cannot go back to an earlier release, and an operator stays at its version until you reinstall it',
    '  running pods. A pod uses the earlier image only after it pulls the tag again',
    ...(staying.length === 0
      ? []
      : [`  tags that only later sequences have. ${counted(staying.length, 'tag')} will stay in the registry`]),
    ...listed(staying.filter((place) => !/:sha256-/.test(place))),
    ...resourcesInWords(plan, 'Cluster resources after that: on each cluster, in this order'),
    `Plan ${id}: nothing was changed`,
    `Next: ${applyCommand(plan)}`,
  ].join('\n');
}

function done(plan: RegistryRollbackPlan, root: string): string {
  const { site, project, registry, from, to, tags } = plan;
  return [
    `${site}: ${counted(tags.length, 'tag')} in ${printable(registry)} ${tags.length === 1 ? 'was' : 'were'} moved back from ${from.folder} to ${to.folder}`,
    `${site}: has seq${to.number}; its ledger said seq${from.number} before`,
    ...resourcesInWords(plan, 'Cluster resources: on each cluster, in this order'),
    `Next: ${commitOf(posix.join(root, 'sites'))}`,
    `To go forward again: nx run ${project}:upload`,
  ].join('\n');
}

function resourcesInWords({ resources, to }: RegistryRollbackPlan, heading: string): string[] {
  const { steps, changes, withoutSignature } = resources;
  return [
    ...(steps.length === 0 ? ['The cluster resources stay the same'] : applyInWords(resources, heading)),
    ...goneInWords(changes, to.folder),
    ...missingSignaturesInWords(withoutSignature),
  ];
}

function applyCommand({ project, to, typed, id }: RegistryRollbackPlan): string {
  const registry = typed === undefined ? '' : ` --registry=${shellWord(typed)}`;
  return `nx run ${project}:rollback --tags --to=seq${to.number}${registry} --apply=${id}`;
}
