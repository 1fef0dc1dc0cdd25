import { z } from 'zod';
import { BundleKind, SiteName } from '../mirror/sites/sites';
import { oneLine, SequenceNumber, Timestamp } from '../sequence/one-line';
import { Seal } from '../sequence/seal';
import { readRecord } from '../yaml/read-record';
import { renderYaml } from '../yaml/render-yaml';
import { recordSchema } from '../yaml/schema-version';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const bytes = z.int().nonnegative();
const sequence = z.strictObject({ number: SequenceNumber, folder: oneLine(80), seal: Seal });

/** bundle.yaml: the facts of a volume of a bundle, for programs. seq-upload.sh reads bundle.env instead. */
export const BundleRecord = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    bundle: oneLine(100).describe('The transfer, or the sequence; the same on every volume'),
    mirror: oneLine(63).describe('The id of the mirror'),
    kind: BundleKind.describe(
      'baseline: all blobs of the head; cumulative: the archives of all sequences up to the head; individual: the archives of the head; site: the blobs that the sites lack',
    ),
    sites: z.array(SiteName).max(1000).describe('The sites that the bundle is for'),
    head: sequence.describe('The newest sequence that a site has after the upload'),
    needs: z
      .array(
        sequence.extend({
          or: z
            .array(sequence)
            .max(1000)
            .optional()
            .describe('Sequences of which one can take the place of this sequence'),
        }),
      )
      .max(10_000)
      .describe('The sequences that a site must have already'),
    holds: z
      .array(sequence)
      .max(10_000)
      .describe('Sequences before the head whose complete archives are in the bundle'),
    closure: z.strictObject({ blobs: z.int().nonnegative(), bytes }).describe('All blobs of the images of the head'),
    carried: z
      .strictObject({ blobs: z.int().nonnegative(), bytes })
      .describe('The blobs of the closure that are on the volumes'),
    left_out: z
      .strictObject({ blobs: z.int().nonnegative(), bytes })
      .describe('The layers of the closure that the sites already have'),
    made: Timestamp,
    made_by: oneLine(60).describe('The version of seqmirror'),
    plan: sha256.describe('The hash of the layout. Volumes with the same hash belong together'),
    volume: z.strictObject({
      number: z.int().min(1),
      of: z.int().min(1),
      label: oneLine(64),
      media: oneLine(40),
      archives: z
        .array(
          z.strictObject({
            path: oneLine(200),
            bytes,
            sha256,
            from: oneLine(200)
              .optional()
              .describe('The sequence and the name of an archive that was copied without a change'),
          }),
        )
        .max(100_000),
    }),
  })
  .describe('A volume of a bundle');
export type BundleRecord = z.infer<typeof BundleRecord>;

/** The most bytes that a bundle.yaml can have. */
export const bundleRecordLimit = 64 * 1024 ** 2;

export const bundleFileName = 'bundle.yaml';

/** @throws SEQ0210, SEQ0211 or SEQ0212 when it cannot be read */
export function parseBundleRecord(text: string, file: string): BundleRecord {
  return readRecord(text, file, BundleRecord, { maxCharacters: 64 * 1024 ** 2 });
}

export function renderBundleRecord(record: BundleRecord): string {
  return renderYaml(BundleRecord.parse(record), {
    head: ['A volume of a bundle, for programs. For people: README.txt.'],
  });
}

/** JSON Schema of bundle.yaml (draft 7), by the name under which the package publishes it. */
export function bundleJsonSchemas(): Record<string, z.core.JSONSchema.BaseSchema> {
  return { 'bundle.schema.json': z.toJSONSchema(BundleRecord, { io: 'input', target: 'draft-7' }) };
}
