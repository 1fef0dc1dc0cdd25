/** The output of `cleanup`: a plan, or what was deleted. */
import { posix } from 'node:path';
import type { CleanupOutcome, CleanupPlan } from '../../sites/cleanup';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { commitOf } from './commit';
import { listed } from './listed';
import { inShort } from './listing';

export function renderCleanup({ kind, plan }: CleanupOutcome, { mirrorRoot }: { readonly mirrorRoot: string }): string {
  const { site, project, registry, retired, manifests, bytes, pointedAt, id } = plan;
  const where = printable(registry);
  if (manifests.length === 0 && retired.length === 0)
    return [
      `${site}: ${where} has no image that can be deleted`,
      ...keptLines(plan),
      ...pointedAtLines(pointedAt),
    ].join('\n');
  const tagged = manifests.filter(({ tags }) => tags.length > 0);
  const what = `${counted(manifests.length, 'manifest')} from ${where}`;
  if (kind === 'cleaned')
    return [
      `${site}: deleted ${what}. The ledger does not list ${sequencesOf(retired)} any more`,
      `A garbage collection of the registry now frees up to ${formatBytes(bytes)}`,
      ...pointedAtLines(pointedAt),
      `Next: ${commitOf(posix.join(mirrorRoot, 'sites'))}, then nx run ${project}:drift`,
    ].join('\n');
  return [
    `${site}: this plan deletes ${what}, which only ${sequencesOf(retired)} ${retired.length === 1 ? 'needs' : 'need'}:`,
    ...listed(tagged.map(({ repository, tags }) => `${repository}:${tags.join(', ')}`)),
    `  ${counted(manifests.length - tagged.length, 'manifest')} without a tag: parts of these images, and images whose tag has moved`,
    ...keptLines(plan),
    `A garbage collection of the registry can then free up to ${formatBytes(bytes)}`,
    ...pointedAtLines(pointedAt),
    `The ledger will not list ${sequencesOf(retired)} any more. To go back to ${retired.length === 1 ? 'this sequence' : 'these sequences'}, you have to upload ${retired.length === 1 ? 'it' : 'them'} again`,
    `If another mirror uploads into ${where}, do not apply this plan: seqmirror does not know which images the other mirror needs`,
    `Plan ${id}: nothing was changed`,
    `Next: ${applyCommand(plan)}`,
  ].join('\n');
}

function keptLines({ kept }: CleanupPlan): string[] {
  return [`The images of these sequences stay: ${sequencesOf(kept)}`];
}

function pointedAtLines(pointedAt: CleanupPlan['pointedAt']): string[] {
  if (pointedAt.length === 0) return [];
  return [
    `${counted(pointedAt.length, 'other tag')} ${pointedAt.length === 1 ? 'points' : 'point'} to old images, which therefore stay:`,
    ...listed(pointedAt.map(({ place, digest }) => `${place} is ${digest}`)),
  ];
}

function sequencesOf(folders: readonly string[]): string {
  return inShort(folders.map((folder) => /^seq\d+/.exec(folder)?.[0] ?? folder));
}

function applyCommand({ project, keep, typed, id }: CleanupPlan): string {
  const registry = typed === undefined ? '' : ` --registry=${shellWord(typed)}`;
  return `nx run ${project}:cleanup --keep=${keep}${registry} --apply=${id}`;
}
