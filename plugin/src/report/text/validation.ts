import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { renderExplanations } from '../../system/errors';
import { printable } from '../../system/printable';
import type { SequenceVerdict, Validation, VolumeVerdict } from '../../validation/validation';
import { inShort } from './listing';

// Beyond this number, proven sequences are counted and not named.
const mostNamed = 20;
const mostRepositories = 5;

const verdicts = ['PROVEN', 'PROVEN GIVEN', 'CONSISTENT', 'RECORDS OK', 'RETIRED', 'BROKEN'] as const;

/** The output of `validate`: a line for each verdict, then what is wrong in full, then the sum. */
export function renderValidation(validation: Validation): string {
  const { sequences, volumes, findings } = validation;
  const isPlain = ({ verdict }: SequenceVerdict) => verdict === 'PROVEN' || verdict === 'CONSISTENT';
  const named = sequences.length > mostNamed ? sequences.filter((sequence) => !isPlain(sequence)) : sequences;
  return [
    ...renderExplanations(findings),
    ...named.flatMap(linesOf),
    ...volumes.map(volumeLine),
    ...(named.length + volumes.length + findings.length === 0 ? [] : ['']),
    summaryOf(validation),
    ...recordedLine(validation),
    ...readByLine(validation),
  ].join('\n');
}

function linesOf(sequence: SequenceVerdict): string[] {
  return [
    `${printable(sequence.name)}: ${verdictInWords(sequence)}`,
    ...travelLines(sequence),
    ...renderExplanations(sequence.findings),
  ];
}

function verdictInWords(sequence: SequenceVerdict): string {
  const { verdict, given, number, findings, archives, blobs, bytes, images, sampled, copies } = sequence;
  const held =
    archives === 0
      ? 'by its records'
      : sampled !== undefined
        ? `a sample of ${formatBytes(sampled.bytes)}, ${counted(sampled.blobs, 'blob')} of ${blobs}, out of ${formatBytes(bytes)} in ${counted(archives, 'archive')}`
        : `${counted(blobs, 'blob')} in ${counted(archives, 'archive')} (${formatBytes(bytes)}), ${counted(images, 'image')}`;
  switch (verdict) {
    case 'PROVEN':
      return `PROVEN; ${held}`;
    case 'CONSISTENT':
      if (archives === 0) return 'CONSISTENT: its records are right, but its archives are not on this machine';
      return `CONSISTENT, checked by headers${sampled === undefined ? '; ' : ' and '}${held}`;
    case 'RECORDS OK':
      return 'RECORDS OK, archives not here';
    case 'RETIRED':
      return `RETIRED, the records are correct; ${copiesLine(copies)}`;
    case 'PROVEN GIVEN': {
      const others = given.filter((each) => each !== `seq${number}`);
      const named = others.every((each) => /^seq\d+$/.test(each)) ? inShort(others) : others.join(', ');
      return `PROVEN GIVEN ${named} (not checked); ${held}`;
    }
    case 'BROKEN':
      return `BROKEN, ${counted(findings.filter(({ severity }) => severity === 'error').length, 'error')}; ${held}`;
  }
}

function copiesLine(copies: readonly string[] = []): string {
  return copies.length === 0 ? 'no copy is known' : `copy: ${copies.join('; ')}`;
}

function volumeLine({ name, volume, volumes, verdict, given, files, bytes }: VolumeVerdict): string {
  const isWhole = given.length === 0;
  const others = `volume${given.length === 1 ? '' : 's'} ${given.join(', ')} (not checked)`;
  const found = {
    PROVEN: `PROVEN; ${counted(files, 'file')} (${formatBytes(bytes)}) as SHA256SUMS lists them`,
    'PROVEN GIVEN': `PROVEN GIVEN ${others}; ${counted(files, 'file')} (${formatBytes(bytes)}) as SHA256SUMS lists them`,
    CONSISTENT: `CONSISTENT${isWhole ? '' : ` given ${others}`}; ${counted(files, 'file')} (${formatBytes(bytes)}) are there`,
    'RECORDS OK': 'RECORDS OK, files not on this medium',
    RETIRED: 'RETIRED',
    BROKEN: `BROKEN; ${counted(files, 'file')} (${formatBytes(bytes)}) are there`,
  }[verdict];
  return `${printable(name)}, volume ${volume} of ${volumes}: ${found}`;
}

/** Content besides blobs that people would hardly expect. --json has all of it. */
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
  return parts.length === 0 ? [] : [`  other content: ${parts.join('; ')}`];
}

function namedInPart(names: readonly string[], most: number): string {
  return `${names
    .slice(0, most)
    .map((name) => printable(name, { limit: 80 }))
    .join(', ')}${names.length > most ? ', …' : ''}`;
}

function summaryOf({ subject, depth, sequences, volumes, sample }: Validation): string {
  const all = [...sequences, ...volumes];
  const counts = verdicts
    .map((verdict) => ({ verdict, count: all.filter((each) => each.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`);
  const archives = sequences.reduce((sum, sequence) => sum + sequence.archives, 0);
  const files = volumes.reduce((sum, volume) => sum + volume.files, 0);
  const holders = [
    ...(sequences.length > 0 || volumes.length === 0 ? [counted(archives, 'archive')] : []),
    ...(volumes.length > 0 ? [counted(files, 'file')] : []),
  ].join(' and ');
  if (sample !== undefined) {
    const percent = Math.ceil((sample.bytes / Math.max(sample.of, 1)) * 1000) / 10;
    const read = `${formatBytes(sample.bytes)} of ${formatBytes(sample.of)} read, ${percent} %`;
    return `${printable(subject)}: ${counts.length === 0 ? 'nothing to check' : counts.join(', ')} (${depth}, a sample: ${read})`;
  }
  const bytes = `${formatBytes(all.reduce((sum, each) => sum + each.bytes, 0))} in ${holders}`;
  const extent = {
    quick: `records and headers, but no blobs; ${bytes}`,
    full: `SHA256SUMS of ${bytes}`,
    deep: `every byte of ${bytes}`,
  }[depth];
  return `${printable(subject)}: ${counts.length === 0 ? 'nothing to check' : counts.join(', ')} (${depth}: ${extent})`;
}

function readByLine({ readBy = [] }: Validation): string[] {
  if (readBy.length === 0) return [];
  return [`The archives are checked by ${namedInPart(readBy, mostNamed)} in the same run: see their verdicts`];
}

function recordedLine({ recorded }: Validation): string[] {
  return recorded.length === 0
    ? []
    : [`Recorded in custody.yaml of ${recorded.map((name) => printable(name)).join(', ')}; commit it`];
}
