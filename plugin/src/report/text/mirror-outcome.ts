import { forPeople } from '../../mirror/mirror';
import type { MirrorOutcome, SealedOutcome } from '../../mirroring/outcome';
import { shortSeal } from '../../sequence/seal';
import { formatBytes, sumOfBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { commitOf } from './commit';
import { inShort } from './listing';
import { renderPlan } from './plan';

/** What `nx run mirror:seqN` says at its end. For a sealed sequence only hashed facts, since Nx replays the text elsewhere. */
export function renderMirrorOutcome(outcome: MirrorOutcome): string {
  switch (outcome.kind) {
    case 'already-sealed':
      return `${outcome.folder}: sealed ${outcome.metadata.timestamp}, nothing to do`;
    case 'waiting':
    case 'planned':
      return renderPlan(outcome);
    case 'sealed':
      return renderSealed(outcome);
  }
}

/** The line of a process that has checked several sequences of a mirror. */
export function renderSequenceChecks(
  mirror: string,
  checks: readonly Extract<MirrorOutcome, { kind: 'already-sealed' }>[],
): string {
  const [only] = checks;
  if (only !== undefined && checks.length === 1) return renderMirrorOutcome(only);
  const names = checks.map(({ metadata }) => `seq${metadata.sequence_number}`);
  return `${mirror}: ${counted(checks.length, 'sequence')} are sealed (${inShort(names)}), nothing to do`;
}

const mostArchives = 8;

function archiveLines(folder: string, archives: SealedOutcome['metadata']['archives']): string[] {
  const more = archives.length - mostArchives;
  return [
    ...archives.slice(0, mostArchives).map(({ name, bytes }) => `    ${folder}/${name}  ${formatBytes(bytes)}`),
    ...(more > 0 ? [`    and ${more} more, listed in ${folder}/SHA256SUMS`] : []),
  ];
}

function renderSealed({ mirror, folder, metadata, images, newBlobs, archivesAre }: SealedOutcome): string {
  const { air_gapped_transfer: transfer, archives } = metadata;
  const bytes = sumOfBytes(archives);
  return [
    `${folder}: sealed ${shortSeal(metadata.seal)}, ${metadata.content_type}`,
    `  ${counted(images.total, 'image')}: ${images.added} new, ${images.dropped} dropped; ` +
      (newBlobs === 0 ? 'no new blob: the base has everything' : counted(newBlobs, 'new blob')),
    transfer.complete
      ? `  To send: ${formatBytes(bytes)}; no other sequence is needed`
      : `  To send: ${formatBytes(bytes)} (site has ${inShort(transfer.dependencies)}) or ${formatBytes(transfer.cumulative_bytes)} (new site)`,
    ...archiveLines(folder, archives),
    ...(archivesAre === 'symlinked'
      ? ['  The archives are symbolic links to another disk: copy the folder with cp -rL']
      : []),
    `Next: ${commitOf(forPeople(mirror, mirror.root))}, then nx run ${mirror.name}:list`,
  ].join('\n');
}
