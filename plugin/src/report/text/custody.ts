/** The output of custody: the list of copies, what was copied, or what was verified. */
import type {
  CopyOutcome,
  CustodyListing,
  SequenceCustody,
  VerifiedCopyOutcome,
  VerifyOutcome,
} from '../../chain/custody/custody';
import { storeCopy } from '../../sequence/custody';
import { formatBytes, sumOfBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { listedNames } from '../../system/listed-names';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { commitOf } from './commit';
import { renderTable } from './table';

export type CustodyOutcome = CustodyListing | CopyOutcome | VerifyOutcome;

/** @param root the mirror's folder, from the top of the workspace */
export function renderCustody(outcome: CustodyOutcome, { root }: { readonly root: string }): string {
  switch (outcome.kind) {
    case 'listed':
      return listingInWords(outcome);
    case 'verified':
      return verificationInWords(outcome, root);
    default:
      return copyInWords(outcome, root);
  }
}

function listingInWords({ mirror, sequences }: CustodyListing): string {
  const only = sequences.filter(({ isHere, copies }) => isHere && copies.every(({ where }) => where === storeCopy));
  const nowhere = sequences.filter(({ isHere, copies }) => !isHere && copies.every(({ where }) => where === storeCopy));
  return [
    `${mirror}: copies of the archives of ${counted(sequences.length, 'sequence')}`,
    renderTable(
      [
        { title: '  SEQ', align: 'right' },
        { title: 'NAME' },
        { title: 'BYTES', align: 'right' },
        { title: 'STATE' },
        { title: 'COPY' },
        { title: 'VERIFIED' },
      ],
      sequences.flatMap(rowsOf),
    ),
    ...(nowhere.length === 0 ? [] : [`No copy is known of ${namesOf(nowhere)}`]),
    ...(only.length === 0
      ? []
      : [`Only this machine has ${namesOf(only)}`, `Next: nx run ${mirror}:custody --copy=<place>`]),
  ].join('\n');
}

function rowsOf({ number, folder, bytes, state, isHere, copies }: SequenceCustody): string[][] {
  const store = copies.find(({ where }) => where === storeCopy);
  const rows = [
    ...(isHere ? [['this machine', store?.verified ?? 'never']] : []),
    ...copies
      .filter(({ where }) => where !== storeCopy)
      .map(({ where, verified }) => [printable(where), verified ?? 'never']),
  ];
  return (rows.length === 0 ? [['-', '-']] : rows).map((row, index) =>
    index === 0
      ? [String(number), printable(folder.replace(/^seq\d+-/, '')), formatBytes(bytes), state, ...row]
      : ['', '', '', '', ...row],
  );
}

function copyInWords({ kind, mirror, place, sequences, left }: CopyOutcome, root: string): string {
  const isPlanned = kind === 'planned';
  const copied = sequences.flatMap((sequence) => sequence.copied);
  const there = sequences.filter((sequence) => sequence.copied.length === 0);
  const bytes = formatBytes(sumOfBytes(sequences));
  return [
    isPlanned
      ? `${mirror}: dry run; ${counted(copied.length, 'archive')} would be copied to ${printable(place)}`
      : `${mirror}: ${printable(place)} has the archives of ${counted(sequences.length, 'sequence')} (${bytes}), each byte read back`,
    ...sequences
      .filter((sequence) => sequence.copied.length > 0)
      .map(({ folder, copied: names }) => `  ${folder}: ${listedNames(names)}${isPlanned ? '' : ' copied'}`),
    ...(there.length === 0
      ? []
      : [`  ${isPlanned ? 'a file of this name exists' : 'there already'}: ${namesOf(there)}`]),
    ...(left.length === 0 ? [] : [`Not copied, because their archives are not on this machine: ${listedNames(left)}`]),
    isPlanned ? 'Next: the same command without --dryRun' : `Next: ${commitOf(root)}`,
  ].join('\n');
}

const words: Readonly<Record<VerifiedCopyOutcome['found'], string>> = {
  sound: 'sound',
  damaged: 'DAMAGED',
  missing: 'MISSING',
  unreachable: 'not reachable',
};

function verificationInWords({ mirror, depth, copies, sound }: VerifyOutcome, root: string): string {
  const isFull = depth === 'full';
  const damaged = copies.filter(({ found }) => found === 'damaged');
  const others = copies.filter(({ found }) => found === 'missing' || found === 'unreachable');
  const isRecorded = isFull && copies.some(({ found }) => found === 'sound' || found === 'damaged');
  return [
    sound
      ? `${mirror}: all copies are ${isFull ? 'sound, every byte read' : 'of the right size'}`
      : `${mirror}: ${copies.filter(({ found }) => found !== 'sound').length} of ${copies.length} copies cannot be relied on now`,
    renderTable(
      [
        { title: '  SEQ', align: 'right' },
        { title: 'NAME' },
        { title: 'BYTES', align: 'right' },
        { title: 'COPY' },
        { title: 'FOUND' },
      ],
      copies.map(({ number, folder, bytes, where, found, archives, why }) => [
        String(number),
        printable(folder.replace(/^seq\d+-/, '')),
        formatBytes(bytes),
        printable(where),
        [
          words[found],
          ...(archives.length === 0 ? [] : [listedNames(archives)]),
          ...(why === undefined ? [] : [printable(why)]),
        ].join(': '),
      ]),
    ),
    ...(isFull ? [] : ['Only sizes and stated hashes were compared. This is no proof: for a proof, leave out --quick']),
    ...(isFull && damaged.length > 0
      ? [
          'custody.yaml does not list the damaged copies any more. Delete their files, then copy the archives again:',
          ...[...new Set(damaged.map(({ where }) => where))].map(
            (where) => `  nx run ${mirror}:custody --copy=${shellWord(where)}`,
          ),
        ]
      : []),
    ...(others.length > 0
      ? [
          'Copies that are missing or not reachable stay recorded. Mount the disk, and run the same command again. If such a copy does not exist any more, delete its lines in custody.yaml',
        ]
      : []),
    ...(isRecorded ? [`Next: ${commitOf(root)}`] : []),
  ].join('\n');
}

function namesOf(sequences: readonly { readonly folder: string }[]): string {
  return listedNames(sequences.map(({ folder }) => folder));
}
