import { posix } from 'node:path';
import type { AskedBundle, BundleOutcome } from '../../bundle/bundle';
import type { KindRow } from '../../bundle/kinds';
import { neededInCache, needsInWords } from '../../bundle/needs';
import type { BundlePlan } from '../../bundle/plan';
import { isTakenIn } from '../../bundle/plan';
import { formatBytes, formatMediumBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { formatDuration } from '../../system/duration';
import { renderExplanations } from '../../system/errors';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { renderTable } from './table';

type Written = Extract<BundleOutcome, { kind: 'written' }>;

/** What `nx run mirror-seqN:bundle` says at its end. */
export function renderBundle(outcome: BundleOutcome): string {
  return outcome.kind === 'planned' ? renderPlanned(outcome) : renderWritten(outcome);
}

function renderPlanned({ plan, rows, asked }: Extract<BundleOutcome, { kind: 'planned' }>): string {
  const table = renderTable(
    [
      { title: 'KIND' },
      { title: 'BYTES', align: 'right' },
      { title: 'FILES', align: 'right' },
      { title: 'VOLUMES', align: 'right' },
      { title: 'TIME', align: 'right' },
      { title: 'SAVED', align: 'right' },
      { title: 'NEEDS' },
    ],
    rows.map(cellsOf),
  );
  const reasons = [...new Set(rows.flatMap(({ not }) => not ?? []))];
  const notes = reasons.map((reason) => {
    const kinds = rows.flatMap(({ kind, not }) => (not === reason ? [kind] : []));
    return `${kinds.join(', ')}: ${reason}`;
  });
  return [table, ...notes, ...nextLines(plan, asked)].join('\n');
}

function nextLines(plan: BundlePlan | undefined, asked: AskedBundle): string[] {
  if (plan === undefined) return ['Nothing was written'];
  const command = `nx run ${plan.mirror}:bundle --sequence=seq${plan.head.number} --output=<folder>${optionsOf({ plan, asked })}`;
  if (plan.isNeeded) return [`Nothing was written. Next: ${command}`];
  return [
    `${lacksNothing(plan)}; no bundle is needed. Nothing was written`,
    `Next: nothing. To write a bundle anyway: ${command}`,
  ];
}

/** `bravo already has everything of seq3` */
function lacksNothing({ sites, head }: BundlePlan): string {
  return `${sites.join(' and ')} already ${sites.length > 1 ? 'have' : 'has'} everything of seq${head.number}`;
}

function cellsOf({ kind, not, bytes, files, volumes, leftOut, needs, milliseconds }: KindRow): string[] {
  if (not !== undefined) return [kind, '-', '-', '-', '-', '-', 'not possible now'];
  return [
    kind,
    formatBytes(bytes),
    String(files),
    String(volumes),
    formatDuration(milliseconds),
    leftOut === 0 ? '-' : formatBytes(leftOut),
    needs.length === 0 ? 'nothing' : needs.join(', '),
  ];
}

/** The options of the plan, as they are typed to write it. */
function optionsOf({ plan: { sites, medium }, asked }: { plan: BundlePlan; asked: AskedBundle }): string {
  const { kind, fresh, need, reissue, volume, link, format, image, verify, expires } = asked;
  const options: Record<string, string | number | boolean | undefined> = {
    site: reissue === undefined && sites.length > 0 ? sites.join(' --site=') : undefined,
    kind,
    media: medium.name === 'folder' ? undefined : medium.name,
    fresh,
    need: need === undefined ? undefined : shellWord(need),
    reissue,
    volume,
    link,
    format: format === 'folder' ? undefined : format,
    image,
    verify,
    expires,
  };
  return Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? ` --${name}` : ` --${name}=${value}`))
    .join('');
}

function renderWritten({ plan, volumes, verified, transfer, warnings }: Written): string {
  const { content, sites, medium, head, id } = plan;
  const table = renderTable(
    [{ title: 'VOLUME' }, { title: 'HOLDS' }, { title: 'BYTES', align: 'right' }, { title: 'OF' }],
    volumes.map(({ label, number, bytes, kept, linked }) => [
      label,
      `${holdsOf(plan, number)}${kept ? '; already complete' : linked > 0 ? `; ${linked} linked` : ''}`,
      formatBytes(bytes),
      medium.bytes === undefined ? 'any size' : `${formatMediumBytes(medium.bytes)} (${medium.name})`,
    ]),
  );
  const several = plan.layout.volumes.length > 1;
  return [
    ...(plan.isNeeded ? [] : [`${lacksNothing(plan)}; the bundle was written, although it is not needed`]),
    whatItIs(plan),
    table,
    ...(several
      ? ['Checklist:', ...volumes.map(({ label, path, sha256 }) => `  [ ] ${label}  ${sha256.slice(0, 12)}  ${path}`)]
      : []),
    ...volumes.flatMap(({ image }) =>
      image === undefined
        ? []
        : [`Image: ${printable(image.path)} (${formatBytes(image.bytes)})${image.kept ? '; already complete' : ''}`],
    ),
    `${id} is complete${verified ? ', read back and right' : ''}. At the site: ${
      isTakenIn(plan)
        ? `./seq-upload.sh ingest${several ? ' in the folder of each volume' : ''}, then `
        : 'sha256sum -c SHA256SUMS && '
    }./seq-upload.sh <registry>`,
    ...plan.shallow.map(
      ({ site, maxNestedPaths: most }) =>
        `At ${site}, add --max-nested-paths=${most}, or write max_nested_paths=${most} into the settings of the site folder.`,
    ),
    ...renderExplanations(warnings),
    ...(transfer === undefined
      ? []
      : [
          `Recorded in ${posix.join(plan.mirrorRoot, 'sites', sites.length === 1 ? (sites[0] ?? '') : '<site>', 'transfers', `${transfer.id}.yaml`)}; commit it.`,
          `Next, when the receipt arrives: nx run ${plan.mirror}-site-${sites[0] ?? ''}:acknowledge --receipt=<file>, or --code=<code>`,
        ]),
    ...(transfer === undefined && content.kind !== 'individual'
      ? [
          `After the upload, ${content.needs.length === 0 ? 'any registry, even an empty one,' : 'the registry'} has ${head.folder}.`,
        ]
      : []),
  ].join('\n');
}

function whatItIs({ content, sites, carried, closure }: BundlePlan): string {
  const { leftOut, needs } = content;
  const inCache = neededInCache(needs);
  const brought = `${counted(carried.blobs, 'blob')} (${formatBytes(carried.bytes)})`;
  switch (content.kind) {
    case 'site': {
      const who = sites.length === 0 ? 'the site' : sites.join(' and ');
      const has =
        needs.length === 0
          ? ''
          : `${who} ${sites.length > 1 ? 'have' : 'has'} ${needsInWords(needs)}${
              inCache.length === 0
                ? ''
                : `, and ${inCache.map(({ folder }) => folder).join(', ')} in the cache of ${sites.length > 1 ? 'their' : 'its'} oc-mirror`
            }; `;
      if (leftOut.blobs === 0) return `everything that ${who} ${sites.length > 1 ? 'need' : 'needs'}: ${brought}`;
      return `${has}the bundle has ${brought} of ${closure.blobs} and leaves out ${counted(leftOut.blobs, 'layer')} (${formatBytes(leftOut.bytes)}) that ${who} ${sites.length > 1 ? 'have' : 'has'}`;
    }
    case 'baseline':
      return `everything that the sequence needs: ${brought}`;
    case 'cumulative':
      return `the archives of all sequences: ${brought}`;
    case 'individual':
      return `its own archives: ${brought}${needs.length === 0 ? '' : `; a site also needs ${needsInWords(needs)}`}`;
  }
}

function holdsOf({ layout }: BundlePlan, number: number): string {
  const archives = layout.volumes[number - 1]?.archives ?? [];
  const parts = archives.filter(({ path }) => path.startsWith('parts/')).length;
  const whole = archives.length - parts;
  return [
    ...(whole === 0 ? [] : [counted(whole, 'archive')]),
    ...(parts === 0 ? [] : [counted(parts, 'piece')]),
    'records, seq-upload.sh',
  ].join(', ');
}
