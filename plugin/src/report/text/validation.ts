import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { renderExplanation } from '../../system/errors';
import { printable } from '../../system/printable';
import type { SequenceVerdict, Validation } from '../../validation/validation';
import { inShort } from './listing';

// Beyond this many, sequences that are proven are counted and not named.
const mostNamed = 20;
const mostRepositories = 5;

/** What `validate` says: a line for each verdict, then what is wrong in full, then the sum. */
export function renderValidation(validation: Validation): string {
  const { sequences, findings } = validation;
  const named = sequences.length > mostNamed ? sequences.filter(({ verdict }) => verdict !== 'PROVEN') : sequences;
  return [
    ...findings.map(renderExplanation),
    ...named.flatMap(linesOf),
    ...(named.length + findings.length === 0 ? [] : ['']),
    summaryOf(validation),
    ...recordedLine(validation),
  ].join('\n');
}

function linesOf(sequence: SequenceVerdict): string[] {
  return [
    `${printable(sequence.name)}: ${verdictInWords(sequence)}`,
    ...travelLines(sequence),
    ...sequence.findings.map(renderExplanation),
  ];
}

function verdictInWords({
  verdict,
  given,
  name,
  number,
  findings,
  archives,
  blobs,
  bytes,
  images,
}: SequenceVerdict): string {
  const held =
    archives === 0
      ? 'by its records'
      : `${counted(blobs, 'blob')} in ${counted(archives, 'archive')} (${formatBytes(bytes)}), ${counted(images, 'image')}`;
  switch (verdict) {
    case 'PROVEN':
      return `PROVEN; ${held}`;
    case 'PROVEN GIVEN': {
      const others = given.filter((each) => each !== `seq${number}`);
      const parts = [
        ...(others.length === 0
          ? []
          : [
              `${others.every((each) => /^seq\d+$/.test(each)) ? inShort(others) : others.join(', ')}, not looked at here`,
            ]),
        ...(others.length === given.length ? [] : [`the archives of ${printable(name)}, which are not here`]),
      ];
      return `PROVEN GIVEN ${parts.join(', and ')}; ${held}`;
    }
    case 'BROKEN':
      return `BROKEN, ${counted(findings.filter(({ severity }) => severity === 'error').length, 'error')}; ${held}`;
  }
}

/** What of the travellers people would hardly expect. All of them are in --json. */
function travelLines({ travels }: SequenceVerdict): string[] {
  if (travels === undefined) return [];
  const { owners, otherRepositories, other, otherCount, workingDir } = travels;
  const needless = workingDir.filter(({ folder }) => ['logs', '.history', 'dry-run', 'delete'].includes(folder));
  const parts = [
    ...needless.map(
      ({ folder, entries, bytes }) => `${counted(entries, 'file')} of ${printable(folder)} (${formatBytes(bytes)})`,
    ),
    ...(owners.length === 0 ? [] : [`owners ${owners.map((owner) => printable(owner)).join(', ')}`]),
    ...(otherRepositories.length === 0
      ? []
      : [
          `links of ${counted(otherRepositories.length, 'repository').replace(/ys$/, 'ies')} of other configurations (${namedInPart(otherRepositories, mostRepositories)})`,
        ]),
    ...(otherCount === 0
      ? []
      : [`${counted(otherCount, 'other entry').replace(/ys$/, 'ies')} (${namedInPart(other, 3)})`]),
  ];
  return parts.length === 0 ? [] : [`  travels along: ${parts.join('; ')}`];
}

function namedInPart(names: readonly string[], most: number): string {
  return `${names
    .slice(0, most)
    .map((name) => printable(name, { limit: 80 }))
    .join(', ')}${names.length > most ? ', …' : ''}`;
}

function summaryOf({ subject, depth, sequences }: Validation): string {
  const counts = (['PROVEN', 'PROVEN GIVEN', 'BROKEN'] as const)
    .map((verdict) => ({ verdict, count: sequences.filter((sequence) => sequence.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`);
  const archives = sequences.reduce((sum, sequence) => sum + sequence.archives, 0);
  const bytes = sequences.reduce((sum, sequence) => sum + sequence.bytes, 0);
  const extent = {
    quick: `records and headers, no byte of a blob; ${formatBytes(bytes)} in ${counted(archives, 'archive')}`,
    full: `SHA256SUMS of ${formatBytes(bytes)} in ${counted(archives, 'archive')}`,
    deep: `every byte of ${formatBytes(bytes)} in ${counted(archives, 'archive')}`,
  }[depth];
  const verdicts = counts.length === 0 ? 'nothing sealed yet' : counts.join(', ');
  return `${printable(subject)}: ${verdicts} (${depth}: ${extent})`;
}

function recordedLine({ recorded }: Validation): string[] {
  return recorded.length === 0
    ? []
    : [`Noted in custody.yaml of ${recorded.map((name) => printable(name)).join(', ')}; commit it`];
}
