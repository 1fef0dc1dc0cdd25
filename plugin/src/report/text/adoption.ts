import type { AdoptionOutcome } from '../../adoption/apply-adoption';
import { damageInWords } from '../../adoption/damage';
import type { AdoptedSequence } from '../../adoption/measure';
import { archiveBytesOf } from '../../adoption/measure';
import type { AdoptionPlan } from '../../adoption/plan-adoption';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { renderExplanation } from '../../system/errors';
import { printable } from '../../system/printable';
import { inShort } from './listing';
import { commitOf } from './commit';
import { renderTable } from './table';

const mostNamed = 10;

/** What an adoption will do: what each folder was called, what it is, and what was wrong in its metadata. */
export function renderAdoptionPlan(plan: AdoptionPlan): string {
  const { sequences, already, refused, notes } = plan;
  return [
    ...sequencesTable(plan),
    ...sequences.flatMap(remarksOn),
    ...already.map(
      ({ source, folder }) =>
        `${printable(source.name)} was already adopted as ${folder}: the archives are the same files or have the same sha256`,
    ),
    ...notes.map((note) => printable(note, { limit: 500 })),
    ...(sequences.length === 0 ? [] : ['', neededBy(sequences)]),
    ...(refused === undefined
      ? []
      : [
          '',
          `seqmirror refuses ${printable(refused.name)}${waitingIn(refused.waiting)}:`,
          renderExplanation(refused.reason),
        ]),
  ].join('\n');
}

function waitingIn(waiting: readonly string[]): string {
  if (waiting.length === 0) return '';
  const names = waiting.map((name) => printable(name)).join(', ');
  return `, and does not adopt the folders after it, which would get its number (${names})`;
}

function sequencesTable({ sequences, source, mirror }: AdoptionPlan): string[] {
  if (sequences.length === 0) return [];
  const table = renderTable(
    [
      { title: 'SEQ', align: 'right' },
      { title: 'NAME' },
      { title: 'WAS' },
      { title: 'IS' },
      { title: 'IMAGES', align: 'right' },
      { title: 'ARCHIVES', align: 'right' },
      { title: 'NEEDS' },
    ],
    sequences.map((sequence) => [
      String(sequence.number),
      sequence.folder.replace(/^seq\d+-/, ''),
      printable(sequence.source.folder.name, { limit: 40 }),
      sequence.damage === undefined ? sequence.metadata.content_type : 'damaged',
      String(sequence.images),
      formatBytes(archiveBytesOf(sequence)),
      needsOf(sequence),
    ]),
  );
  const what = `${counted(sequences.length, 'sequence')} from ${printable(source)} into ${mirror}`;
  return [`Adopting ${what}`, table, ''];
}

function needsOf({ metadata: { air_gapped_transfer: transfer } }: AdoptedSequence): string {
  const needs = transfer.dependencies.length === 0 ? 'nothing' : inShort(transfer.dependencies);
  if (transfer.complete || transfer.missing_blobs === undefined) return needs;
  return transfer.dependencies.length === 0 ? 'missing blobs' : `${needs}, and missing blobs`;
}

function remarksOn({ folder, corrections, damage, source }: AdoptedSequence): string[] {
  const lines = corrections.map((correction) => `${folder}: ${correction}`);
  if (damage === undefined) return lines;
  const { brokenImages, missing } = damage;
  return [
    ...lines,
    `${folder}: is adopted although it is damaged: ${damageInWords(damage)}`,
    ...named(brokenImages, (image) => `not complete: ${printable(image)}`),
    ...named(
      missing,
      ({ digest }) => `missing: ${digest}${source.shipped?.digests.has(digest) ? ', which earlier archives had' : ''}`,
    ),
  ];
}

function named<T>(things: readonly T[], inWords: (thing: T) => string): string[] {
  const rest = things.length - mostNamed;
  return [
    ...things.slice(0, mostNamed).map((thing) => `  ${inWords(thing)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** `A new site needs the last alone (seq4): 32.0 GiB; the other 84.0 GiB were redundant` */
function neededBy(sequences: readonly AdoptedSequence[]): string {
  const last = sequences.at(-1) as AdoptedSequence;
  const transfer = last.metadata.air_gapped_transfer;
  const lacks = !transfer.complete && transfer.missing_blobs !== undefined;
  const needed = new Set<string>([...transfer.dependencies, `seq${last.number}`]);
  const redundant = sequences
    .filter(({ number }) => !needed.has(`seq${number}`))
    .reduce((sum, sequence) => sum + archiveBytesOf(sequence), 0);
  const rest =
    redundant === 0 ? 'no archive is redundant' : `the other ${formatBytes(redundant)} of archives are redundant`;
  const bytes = formatBytes(transfer.cumulative_bytes);
  if (lacks)
    return `seq${last.number} cannot supply a new site: ${counted(transfer.missing_blobs ?? 0, 'blob')} of its images are missing; ${rest}`;
  if (transfer.complete && sequences.length === 1) return `A new site needs only this sequence: ${bytes}`;
  if (transfer.complete) return `A new site needs only the last sequence (seq${last.number}): ${bytes}; ${rest}`;
  return `A new site needs ${inShort([...needed])}: ${bytes}; ${rest}`;
}

/** What was done, and what to do next. */
export function renderAdoption(plan: AdoptionPlan, { adopted, removed }: AdoptionOutcome): string {
  const content = plan.sequences.length === 0 && adopted.length === 0;
  const lines = content
    ? [`${plan.mirror} already has everything from ${printable(plan.source)}`]
    : [
        `Adopted ${counted(adopted.length, 'sequence')} into ${plan.mirror}: ${adopted.map(({ folder }) => folder).join(', ')}`,
      ];
  if (removed.length > 0) {
    lines.push(
      `Deleted ${counted(removed.length, 'archive')} in ${printable(plan.source)}; the other files there are unchanged`,
    );
  } else if (plan.taking === 'link' && adopted.length > 0) {
    lines.push('The archives are now hard links, in the old folder and in the store, and are read-only in both places');
  }
  if (adopted.some(({ archivesAre }) => archivesAre === 'symlinked')) {
    lines.push('The folders have symbolic links to the store, which is on another disk: copy them with `cp -rL`');
  }
  const needed = plan.sequences.some(({ damage }) => damage !== undefined) ? ', which lists the damage' : '';
  lines.push(`Next: ${commitOf(plan.location.mirrorRoot)}, then nx run ${plan.mirror}:validate${needed}`);
  return lines.join('\n');
}
