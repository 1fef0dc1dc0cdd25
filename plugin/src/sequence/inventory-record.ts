/**
 * One line of seq-inventory.jsonl. Keys stand in a fixed order, so that equal records are equal texts:
 *
 * {"record":"image","change":"added","kind":"additional","source":"quay.io/a/b:1","digest":"sha256:…","repository":"a/b","tag":"1"}
 * {"record":"blob","digest":"sha256:…","bytes":428,"mediaType":"application/vnd.oci.image.manifest.v1+json","refs":["sha256:…"]}
 */
import { z } from 'zod';
import { BlobRecord } from '../oci/blob';
import { Digest } from '../oci/digest';
import type { ImageKind } from '../oci/image';
import { compareTexts } from '../system/compare-texts';
import { recordSchema } from '../yaml/schema-version';
import { oneLine } from './one-line';

const imageKinds = ['release', 'operator', 'additional', 'helm'] as const satisfies readonly ImageKind[];

/** An image that the configuration of this sequence calls for and that of the one before did not, or the reverse. */
export const ImageRecord = z.strictObject({
  record: z.literal('image'),
  change: z.enum(['added', 'removed']).describe('Against the previous sequence; a moved tag is removed and added'),
  kind: z.enum(imageKinds),
  source: oneLine(1000).describe('As the configuration or the engine names it'),
  digest: Digest.describe('Of the index where there is one'),
  repository: oneLine(1000).describe('In the archive and, below its namespace, in the destination'),
  tag: oneLine(128),
  attachedTo: Digest.optional().describe('Of signatures and attestations: what they are about'),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

/** A blob that the archives of this sequence add. */
export const InventoryBlob = z.strictObject({ record: z.literal('blob'), ...BlobRecord.shape });
export type InventoryBlob = z.infer<typeof InventoryBlob>;

/** The first line, which says how much follows, so that a file that was cut is recognised. */
export const InventoryHead = z.strictObject({
  record: z.literal('inventory'),
  schema: z.literal(recordSchema),
  images: z.int().nonnegative().describe('Number of image records'),
  blobs: z.int().nonnegative().describe('Number of blob records'),
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
