import type { ApplyStep } from '../../cluster-resources/apply-order';
import type { UploadResult } from '../../engine/engine';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import type { UploadOutcome } from '../../upload/upload-sequence';
import type { SiteUploadOutcome } from '../../upload/upload-to-site';
import { entryInWords } from './acknowledgement';

/** What `nx run mirror-seqN:upload` says at its end, or the same of a site. */
export function renderUpload(outcome: UploadOutcome | SiteUploadOutcome): string {
  const { folder, engine, mirror, number } = outcome;
  const site = 'site' in outcome ? outcome.site : undefined;
  const destination = printable(outcome.destination);
  const depth = outcome.maxNestedPaths === undefined ? '' : ` --maxNestedPaths=${outcome.maxNestedPaths}`;
  const missing = outcome.missing.map((name) => `  not on this machine, and not needed: ${printable(name)}`);
  if (outcome.kind === 'planned') {
    const { images, unchanged, manifests, blobs } = outcome;
    return [
      `${folder} to ${destination}: dry run; nothing was written`,
      `  ${counted(images, 'image')}, ${unchanged} already in the registry; ${counted(manifests, 'manifest')} to upload`,
      `  ${counted(blobs.count, 'blob')}, at most ${formatBytes(blobs.bytes)} to upload; blobs that the registry already has are skipped`,
      ...fewerInWords(outcome.fewer),
      ...missing,
      site === undefined
        ? `Next: nx run ${mirror}:upload --sequence=seq${number} --registry=${destination}${depth}`
        : `Next: nx run ${site.project}:upload`,
    ].join('\n');
  }
  const { images, unchanged, blobs, resources } = outcome;
  // A registry may have lost layers of images that it has.
  const isUnchanged = unchanged === images && (blobs?.uploaded.count ?? 0) + (blobs?.mounted.count ?? 0) === 0;
  const done = isUnchanged
    ? `${folder}: ${destination} already has all ${counted(images, 'image')} (${engine})`
    : `${folder}: uploaded to ${destination} (${engine})`;
  return [
    done,
    ...(isUnchanged ? [] : [`  ${counted(images, 'image')}${imagesInWords(outcome)}`]),
    ...(blobs === undefined || isUnchanged ? [] : blobsInWords(blobs)),
    ...fewerInWords(outcome.fewer),
    ...missing,
    ...(site === undefined ? [] : siteInWords(site)),
    ...applyInWords(resources),
  ].join('\n');
}

/** What the registry confirmed, as the ledger has it now. */
function siteInWords({ name, from, entry, changed, receipt }: SiteUploadOutcome['site']): string[] {
  if (entry === undefined) return [];
  if (!changed) return [`${name}: seq${entry.sequence} is already ${entry.confidence} (${entry.at.slice(0, 10)})`];
  return [`${name}: ${entryInWords(entry, from)}; its receipt: ${receipt}`];
}

const blobWords = {
  uploaded: 'uploaded',
  mounted: 'mounted from another repository of the registry',
  there: 'already in the registry',
} as const;

/** One line each for what was done with blobs. */
export function blobsInWords(blobs: NonNullable<UploadResult['blobs']>): string[] {
  return (['uploaded', 'mounted', 'there'] as const)
    .filter((what) => blobs[what].count > 0)
    .map(
      (what) =>
        `    ${formatBytes(blobs[what].bytes).padStart(10)}  ${counted(blobs[what].count, 'blob')} ${blobWords[what]}`,
    );
}

/** Why these are fewer images than the sequence records. */
export function fewerInWords({ replacedCatalogs, samePlace }: UploadOutcome['fewer']): string[] {
  return [
    ...(replacedCatalogs === 0
      ? []
      : [`  not counted: ${counted(replacedCatalogs, 'original catalog')}, replaced by the filtered catalog`]),
    ...(samePlace === 0
      ? []
      : [`  not counted: ${counted(samePlace, 'image')} with the same repository and tag as another`]),
  ];
}

export function imagesInWords({ unchanged }: { unchanged?: number | undefined }): string {
  return unchanged === undefined || unchanged === 0 ? '' : `, ${unchanged} of them already in the registry`;
}

/** What to apply to clusters, and in which order. */
export function applyInWords(
  { folder, steps }: { folder: string; steps: readonly ApplyStep[] },
  heading = 'Next: on each cluster, in this order',
): string[] {
  if (steps.length === 0) return ['Next: nothing; no cluster resources have to be applied'];
  return [
    `${heading}, from ${folder}/`,
    ...steps.flatMap(({ files, why, reboots }) => [
      `  oc apply ${files.map((file) => `-f ${file}`).join(' ')}`,
      `      ${reboots ? 'NODES MAY REBOOT: ' : ''}${why}`,
    ]),
  ];
}
