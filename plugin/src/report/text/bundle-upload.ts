import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { printable } from '../../system/printable';
import type { BundleUploadOutcome } from '../../upload/upload-bundle';
import { applyInWords, blobsInWords, imagesInWords } from './upload';

/** What seqmirror-upload.js says at its end. */
export function renderBundleUpload(outcome: BundleUploadOutcome): string {
  const { folder, images, unchanged } = outcome;
  const destination = printable(outcome.destination);
  if (outcome.kind === 'planned') {
    return [
      `${folder} to ${destination}: dry run; nothing was written`,
      `  ${counted(images, 'image')}, ${unchanged} there already; ${counted(outcome.manifests, 'manifest')} to put`,
      `  ${counted(outcome.blobs.count, 'blob')}, at most ${formatBytes(outcome.blobs.bytes)} to send; what is there is left out`,
    ].join('\n');
  }
  const answered = `the registry answers for ${counted(outcome.verified, 'image')}`;
  const done =
    unchanged === images
      ? [`${folder}: done; ${destination} has all ${counted(images, 'image')} already; ${answered}`]
      : [
          `${folder}: done; uploaded to ${destination}; ${answered}`,
          `  ${counted(images, 'image')}${imagesInWords(outcome)}`,
          ...blobsInWords(outcome.blobs),
        ];
  return [...done, ...applyInWords(outcome.resources)].join('\n');
}
