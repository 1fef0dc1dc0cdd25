import type { RebuildOutcome, RebuildPlan } from '../../adoption/from-bundle/from-bundle';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import { commitOf } from './commit';
import { renderTable } from './table';

/** Which records of a bundle are added to a workspace, and which of their bytes the medium has. */
export function renderRebuildPlan({ mirror, bundle, label, sequences, already, notes }: RebuildPlan): string {
  const verified = `${printable(bundle)} (${printable(label)}): every file is what SHA256SUMS says, every seal what its records say`;
  return [
    verified,
    ...notes.map((note) => printable(note, { limit: 300 })),
    ...(already.length === 0 ? [] : [`${mirror} has ${counted(already.length, 'sequence')} of it already`]),
    ...(sequences.length === 0
      ? []
      : [
          `Making ${counted(sequences.length, 'sequence')} of ${mirror} again`,
          renderTable(
            [{ title: 'SEQ', align: 'right' }, { title: 'NAME' }, { title: 'BLOBS ON THIS MEDIUM', align: 'right' }],
            sequences.map(({ entry, held }) => [
              String(entry.number),
              entry.folder.replace(/^seq\d+-/, ''),
              held.blobs === held.of ? `all ${held.of}` : `${held.blobs} of ${held.of}`,
            ]),
          ),
        ]),
  ].join('\n');
}

/** What was done, and what to do next. */
export function renderRebuild({ mirror, bundle, location }: RebuildPlan, { rebuilt }: RebuildOutcome): string {
  if (rebuilt.length === 0) return `${mirror} has all of ${printable(bundle)} already`;
  const away = rebuilt.filter(({ archivesAre }) => archivesAre === 'absent').length;
  return [
    `Made again: ${rebuilt.map(({ folder }) => folder).join(', ')}`,
    ...(away === 0
      ? ['Their archives are in the store of this machine']
      : [
          `The archives of ${away === rebuilt.length ? 'all' : away} are not on this machine; custody.yaml says what is known. Later sequences need none of them`,
        ]),
    `Next: ${commitOf(location.mirrorRoot)}, then nx run ${mirror}:list; sites and what they acknowledged are in no bundle: nx g seqmirror:site <name>`,
  ].join('\n');
}
