/**
 * One line of seq-inventory.jsonl. Keys stand in a fixed order, so that equal records are equal texts:
 *
 * {"record":"image","change":"added","kind":"additional","source":"quay.io/a/b:1","digest":"sha256:…","repository":"a/b","tag":"1"}
 * {"record":"blob","digest":"sha256:…","bytes":428,"mediaType":"application/vnd.oci.image.manifest.v1+json","refs":["sha256:…"]}
 */
import { z } from 'zod';
import { BlobRecord } from '../oci/blob';
import { Digest } from '../oci/digest';
import { imageKinds } from '../oci/image';
import { compareTexts } from '../system/compare-texts';
import { recordSchema } from '../yaml/schema-version';
import { oneLine } from './one-line';

/** An image that the configuration of this sequence calls for and that of the one before did not, or the reverse. */
export const ImageRecord = z.strictObject({
  record: z.literal('image'),
  change: z
    .enum(['added', 'removed'])
    .describe(
      'The change since the previous sequence. An image whose tag points to another digest now is removed and added',
    ),
  kind: z.enum(imageKinds),
  source: oneLine(1000).describe('The name of the image in the configuration or in the engine'),
  digest: Digest.describe('The digest of the index, or of the manifest if there is no index'),
  repository: oneLine(1000).describe('The repository in the archive, and in the registry below its namespace'),
  tag: oneLine(128),
  attachedTo: Digest.optional().describe(
    'For signatures and attestations: the digest of the image that they belong to',
  ),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

/** A blob that the archives of this sequence add. */
export const InventoryBlob = z.strictObject({ record: z.literal('blob'), ...BlobRecord.shape });
export type InventoryBlob = z.infer<typeof InventoryBlob>;

/** The first line, which says how much follows, so that a file that was cut is recognised. */
export const InventoryHead = z.strictObject({
  record: z.literal('inventory'),
  schema: z.literal(recordSchema),
  images: z.int().nonnegative().describe('The number of image records'),
  blobs: z.int().nonnegative().describe('The number of blob records'),
});
export type InventoryHead = z.infer<typeof InventoryHead>;

export const InventoryRecord = z
  .discriminatedUnion('record', [InventoryHead, ImageRecord, InventoryBlob])
  .describe('One line of seq-inventory.jsonl');
export type InventoryRecord = z.infer<typeof InventoryRecord>;

/** The line of an image record, without a line end. */
export function imageLine({ change, kind, source, digest, repository, tag, attachedTo }: ImageRecord): string {
  return JSON.stringify({ record: 'image', change, kind, source, digest, repository, tag, attachedTo });
}

/** The line of a blob record, without a line end. */
export function blobLine({ digest, bytes, mediaType, refs }: BlobRecord): string {
  return JSON.stringify({ record: 'blob', digest, bytes, mediaType, refs });
}

/** Lines in the order in which they are written and hashed. */
export function sortedLines<T>(records: readonly T[], lineOf: (record: T) => string): string[] {
  return records.map(lineOf).sort(compareTexts);
}
