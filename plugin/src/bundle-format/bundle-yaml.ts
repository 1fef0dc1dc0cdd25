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
    bundle: oneLine(100).describe('The same on every volume: the transfer, or the sequence'),
    mirror: oneLine(63).describe('Id of the mirror'),
    kind: BundleKind.describe(
      'baseline: the head whole; cumulative: all sequences up to it; individual: its own archives; site: what sites lack',
    ),
    sites: z.array(SiteName).max(1000).describe('Whom it was made for'),
    head: sequence.describe('Where a site stands after it'),
    needs: z
      .array(sequence.extend({ or: z.array(sequence).max(1000).optional().describe('Or one of these') }))
      .max(10_000)
      .describe('What a site must have already'),
    holds: z.array(sequence).max(10_000).describe('Sequences before the head that are carried whole'),
    closure: z.strictObject({ blobs: z.int().nonnegative(), bytes }).describe("All that the head's images need"),
    carried: z.strictObject({ blobs: z.int().nonnegative(), bytes }).describe('Of these, on all volumes together'),
    left_out: z.strictObject({ blobs: z.int().nonnegative(), bytes }).describe('Of these, layers that the sites hold'),
    made: Timestamp,
    made_by: oneLine(60).describe('Version of seqmirror'),
    plan: sha256.describe('Stands for what is laid out where: volumes with the same one belong together'),
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
            from: oneLine(200).optional().describe('Of an archive carried as it is: sequence and name'),
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
