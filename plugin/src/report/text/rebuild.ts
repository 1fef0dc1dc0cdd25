import type { RebuildOutcome, RebuildPlan } from '../../adoption/from-bundle/from-bundle';
import { counted } from '../../system/counted';
import { listedNames } from '../../system/listed-names';
import { printable } from '../../system/printable';
import { shellWord } from '../../system/shell-word';
import { commitOf } from './commit';
import { renderTable } from './table';

/** Which records of a bundle are added to a workspace, and which of their bytes the medium has. */
export function renderRebuildPlan({ mirror, bundle, label, sequences, already, notes }: RebuildPlan): string {
  const verified = `${printable(bundle)} (${printable(label)}): every file matches SHA256SUMS, and every seal matches its records`;
  return [
    verified,
    ...notes.map((note) => printable(note, { limit: 300 })),
    ...(already.length === 0 ? [] : [`${mirror} already has ${counted(already.length, 'sequence')} of the bundle`]),
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
export function renderRebuild(
  { mirror, bundle, location, transfer }: RebuildPlan,
  { rebuilt, transferOf }: RebuildOutcome,
): string {
  const { unknown = [], transfer: { id } = { id: '' } } = transfer ?? {};
  const addSites = unknown.map((site) => `nx g seqmirror:site ${shellWord(site)}`).join(', ');
  const lacksSites =
    unknown.length === 0
      ? []
      : [
          `${mirror} has no site ${listedNames(unknown)}, so the record of ${id} was not restored. Run ${addSites}, then the same command again`,
        ];
  if (rebuilt.length === 0 && transferOf.length === 0)
    return [`${mirror} already has everything from ${printable(bundle)}`, ...lacksSites].join('\n');
  const away = rebuilt.filter(({ archivesAre }) => archivesAre === 'absent').length;
  return [
    ...(rebuilt.length === 0 ? [] : [`Restored: ${rebuilt.map(({ folder }) => folder).join(', ')}`]),
    ...(transferOf.length === 0 ? [] : [`Restored: the record of ${id} for ${listedNames(transferOf)}`]),
    ...(rebuilt.length === 0
      ? []
      : away === 0
        ? ['The archives of these sequences are in the store of this machine']
        : [
            `The archives of ${away === rebuilt.length ? 'all' : away} are not on this machine; custody.yaml says where copies are. Later sequences can be mirrored without them`,
          ]),
    ...lacksSites,
    `Next: ${commitOf(location.mirrorRoot)}, then nx run ${mirror}:list`,
  ].join('\n');
}
