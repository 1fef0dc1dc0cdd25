/** The output of prune, a plan or what was done, and of restore. */
import type { KeptSequence, PruneOutcome, PrunePlan, RetentionReason, RetiredSequence } from '../../chain/prune/prune';
import type { RestoreOutcome } from '../../chain/restore/restore';
import { formatBytes, sumOfBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { commitOf } from './commit';
import { inShort } from './listing';
import { renderTable } from './table';

/** @param root the mirror's folder, from the top of the workspace */
export function renderPrune({ kind, plan }: PruneOutcome, { root }: { readonly root: string }): string {
  const { retired, leftOvers, kept } = plan;
  const isNothing = retired.length === 0 && leftOvers.length === 0;
  return [
    ...(isNothing ? [`${plan.mirror}: no archive can be retired`] : doneLines(kind, plan)),
    ...(kind === 'planned'
      ? ['', 'These sequences keep their archives:', keptTable(kept), '', ...restorableLines(plan)]
      : []),
    ...(kind === 'planned' ? [...siteLines(plan), ...baselineLines(plan)] : []),
    ...nextLines(kind, plan, { root, isNothing }),
  ].join('\n');
}

function doneLines(kind: PruneOutcome['kind'], { mirror, to, retired, leftOvers, freed }: PrunePlan): string[] {
  const what = `the archives of ${counted(retired.length, 'sequence')}`;
  const will = to === undefined ? `deletes ${what}` : `moves ${what} to ${printable(to)}`;
  const done = to === undefined ? 'deleted' : `moved to ${printable(to)}`;
  return [
    kind === 'planned'
      ? `${mirror}: this plan ${will}, and frees ${formatBytes(freed)} on this machine`
      : `${mirror}: ${what} were ${done}; ${formatBytes(freed)} are free again`,
    ...(retired.length === 0 ? [] : [retiredTable(retired)]),
    ...leftOvers.map(
      ({ name, bytes }) =>
        `  ${kind === 'planned' ? 'deletes' : 'deleted'} ${printable(name)} of the data directory (${formatBytes(bytes)}), which a stopped run left`,
    ),
  ];
}

function retiredTable(retired: readonly RetiredSequence[]): string {
  return renderTable(
    [
      { title: '  SEQ', align: 'right' },
      { title: 'NAME' },
      { title: 'SEALED' },
      { title: 'ARCHIVES', align: 'right' },
      { title: 'BYTES', align: 'right' },
      { title: 'NEEDED BY' },
    ],
    retired.map(({ number, folder, sealed, archives, bytes, neededBy }) => [
      String(number),
      nameOf(folder),
      sealed.slice(0, 10),
      String(archives.length),
      formatBytes(bytes),
      neededBy.length === 0 ? 'nothing' : inShort(neededBy.map((each) => `seq${each}`)),
    ]),
  );
}

function keptTable(kept: readonly KeptSequence[]): string {
  return renderTable(
    [{ title: '  SEQ', align: 'right' }, { title: 'NAME' }, { title: 'BYTES', align: 'right' }, { title: 'WHY' }],
    kept.map(({ number, folder, bytes, reasons }) => [
      String(number),
      nameOf(folder),
      formatBytes(bytes),
      reasons.map(reasonInWords).join('; '),
    ]),
  );
}

function nameOf(folder: string): string {
  return printable(folder.replace(/^seq\d+-/, ''));
}

function reasonInWords(reason: RetentionReason): string {
  switch (reason.kind) {
    case 'newest':
      return 'the newest';
    case 'recent':
      return 'among the newest (--keep)';
    case 'lacking':
      return `${reason.site} lacks it`;
    case 'unacknowledged':
      return 'no site has acknowledged it';
    case 'acknowledged':
      return 'the newest of a site';
    case 'in transit':
      return `${reason.transfer} to ${reason.site} is on its way`;
    case 'young':
      return 'too young (--older-than)';
    case 'needed':
      return `needed by ${inShort(reason.by.map((each) => `seq${each}`))}`;
  }
}

/** What restores the newest sequence, once the plan is applied. */
function restorableLines({ newest }: PrunePlan): string[] {
  const { needs, elsewhere, folder } = newest;
  const line = `${folder} stays complete: ${inShort(needs.map((each) => `seq${each}`))}`;
  if (elsewhere.length === 0) return [line];
  return [
    `${line}; of these, ${inShort(elsewhere.map((each) => `seq${each}`))} are only in copies on other disks (custody.yaml)`,
  ];
}

function siteLines({ sites }: PrunePlan): string[] {
  if (sites.length === 0) return ['The mirror has no site. prune retires only what a site has acknowledged'];
  return [`Sites: ${sites.map(({ name, head }) => `${name} has ${head === 0 ? 'nothing' : `seq${head}`}`).join(', ')}`];
}

function baselineLines({ mirror, baseline }: PrunePlan): string[] {
  if (baseline === undefined) return [];
  const { bytes, frees } = baseline;
  return [
    `A new baseline would need ${formatBytes(bytes)}, and would free ${formatBytes(frees)} after every site has acknowledged it. A new baseline downloads everything again:`,
    `  nx g seqmirror:sequence baseline --mirror=${mirror} --base=none --refresh`,
  ];
}

function nextLines(
  kind: PruneOutcome['kind'],
  plan: PrunePlan,
  { root, isNothing }: { readonly root: string; readonly isNothing: boolean },
): string[] {
  if (isNothing) return [];
  if (kind === 'pruned') return plan.retired.length === 0 ? [] : [`Next: ${commitOf(root)}`];
  return [
    ...(plan.retired.some(({ neededBy }) => neededBy.length > 0)
      ? [
          'The sequences under NEEDED BY will not be complete any more. Before you bundle or upload one of them, restore or reissue the archives that it needs.',
        ]
      : []),
    `Plan ${plan.id}: nothing was changed`,
    `Next: ${applyCommand(plan)}`,
  ];
}

function applyCommand({ mirror, keep, olderThanDays, to, id }: PrunePlan): string {
  return [
    `nx run ${mirror}:prune --keep=${keep}`,
    ...(olderThanDays === undefined ? [] : [`--older-than=${olderThanDays}d`]),
    ...(to === undefined ? [] : [`--to=${shellWord(to)}`]),
    `--apply=${id}`,
  ].join(' ');
}

/** @param root the mirror's folder, from the top of the workspace */
export function renderRestore(
  { kind, mirror, number, folder, archives, archivesAre }: RestoreOutcome,
  { root }: { readonly root: string },
): string {
  if (kind === 'here') return `${folder}: every archive is here and is what was sealed, nothing to restore`;
  const bytes = sumOfBytes(archives);
  return [
    kind === 'planned'
      ? `${folder}: dry run; ${counted(archives.length, 'archive')} (${formatBytes(bytes)}) would be restored`
      : `${folder}: ${counted(archives.length, 'archive')} restored (${formatBytes(bytes)}), each with the sha256 that was sealed`,
    ...archives.map(({ name, from }) => `  ${name} from ${printable(from)}`),
    ...(archivesAre === 'symlinked'
      ? ['  The archives are on another disk and linked by name: copy the folder by hand with cp -L']
      : []),
    kind === 'planned'
      ? `Next: the same command without --dryRun`
      : `Next: ${commitOf(root)}, then nx run ${mirror}:validate --sequence=seq${number}`,
  ].join('\n');
}
