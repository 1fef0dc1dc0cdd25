import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import type { BundleUploadOutcome } from '../../upload/upload-bundle';
import { applyInWords, blobsInWords, fewerInWords, imagesInWords } from './upload';

/** What seqmirror-upload.js says at its end. */
export function renderBundleUpload(outcome: BundleUploadOutcome): string {
  const { folder, images, unchanged } = outcome;
  const destination = printable(outcome.destination);
  if (outcome.kind === 'planned') {
    return [
      `${folder} to ${destination}: dry run; nothing was written`,
      `  ${counted(images, 'image')}, ${unchanged} already in the registry; ${counted(outcome.manifests, 'manifest')} to upload`,
      `  ${counted(outcome.blobs.count, 'blob')}, at most ${formatBytes(outcome.blobs.bytes)} to upload; blobs that the registry already has are skipped`,
      ...fewerInWords(outcome.fewer),
    ].join('\n');
  }
  const answered = `verified ${counted(outcome.verified, 'image')} in the registry`;
  const done =
    unchanged === images
      ? [`${folder}: done; ${destination} already has all ${counted(images, 'image')}; ${answered}`]
      : [
          `${folder}: done; uploaded to ${destination}; ${answered}`,
          `  ${counted(images, 'image')}${imagesInWords(outcome)}`,
          ...blobsInWords(outcome.blobs),
        ];
  return [...done, ...fewerInWords(outcome.fewer), ...applyInWords(outcome.resources)].join('\n');
}
