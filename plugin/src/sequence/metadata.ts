import { z } from 'zod';
import { ArchiveName } from '../archive/names';
import { readRecord } from '../yaml/read-record';
import { renderYaml } from '../yaml/render-yaml';
import { recordSchema } from '../yaml/schema-version';
import { AirGappedTransfer, SizeText } from './air-gapped-transfer';
import { BaseChoice } from './intent';
import { SequenceNumber, Timestamp, oneLine } from './one-line';
import { Seal } from './seal';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');
const sources = z.array(oneLine(1000)).max(200_000);
const count = z.int().nonnegative();

/** What a sequence was made with and how far the sources were trusted. Part of the seal; no paths, no secrets. */
export const RecordedProvenance = z.strictObject({
  seqmirror: oneLine(60).describe('The version of seqmirror'),
  engine: z.enum(['oc-mirror', 'embedded']),
  engine_version: oneLine(100),
  engine_sha256: sha256.optional().describe('The sha256 of the oc-mirror program'),
  release_signature_key: oneLine(200).optional().describe('The key that verified the release signatures'),
  config_sha256: sha256.describe(
    'The sha256 of the imageset configuration as canonical JSON. It shows whether somebody edited the configuration',
  ),
  tls_verified: z.boolean().describe('Whether all connections to registries used TLS with a verified certificate'),
  substitutions: z
    .array(oneLine(1000))
    .max(1000)
    .describe('The substitutions in registries.conf for the hosts of this configuration'),
  attachments: z
    .strictObject({
      taken: z.enum(['all', 'signatures', 'none']),
      if_refused: z.enum(['fail', 'skip']),
      refused: z
        .array(oneLine(1000))
        .max(1000)
        .describe('Attachments that are missing because the registry refused to list them: `quay.io/app: signature`'),
    })
    .optional()
    .describe(
      'The attachments of cosign that the embedded engine mirrored. If absent: all attachments, and no registry refused',
    ),
  operators: z
    .array(
      z.strictObject({
        catalog: oneLine(1000),
        heads: z
          .array(oneLine(1000).regex(/^\S+ \S+ \S+$/))
          .max(5000)
          .describe('The heads of the selected channels: package, channel, version'),
        dependencies: z
          .array(oneLine(1000))
          .max(5000)
          .optional()
          .describe('The packages that `resolveDependencies` added. Absent without `resolveDependencies`'),
      }),
    )
    .max(1000)
    .optional()
    .describe('The selection from operator catalogs (embedded engine)'),
  missing: z
    .array(oneLine(1000))
    .max(1000)
    .optional()
    .describe('Images that are missing, and that `allowMissing` in sequence.yaml names'),
});
export type RecordedProvenance = z.infer<typeof RecordedProvenance>;

/** seq-metadata.yaml: the facts of a sealed sequence, for people and tools. */
export const SequenceMetadata = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    sequence_number: SequenceNumber,
    description: oneLine(200).describe('The description from sequence.yaml'),
    timestamp: Timestamp.describe('The time of the seal, in UTC'),
    content_type: z
      .enum(['baseline', 'differential'])
      .describe('Whether the sequence needs another sequence, as measured'),
    oc_mirror_version: oneLine(100).describe('The version of oc-mirror, or of the embedded engine'),
    config_file: oneLine(200),
    config_source: oneLine(1000).optional().describe('The file from which the configuration was copied'),
    seal: Seal.describe('The hash over the content of the sequence and the previous seal'),
    previous: Seal.nullable().describe('The seal of the previous sequence'),
    base: BaseChoice.describe('The base in sequence.yaml. The sequences that are really needed are in dependencies'),
    adopted: z
      .literal(true)
      .optional()
      .describe('The archives were made without seqmirror and adopted. seqmirror has measured the values in this file'),
    renumbered_from: z
      .strictObject({ sequence_number: SequenceNumber, seal: Seal })
      .optional()
      .describe('The number and the seal before `renumber`'),
    images: z.strictObject({ release: count, operator: count, additional: count, helm: count }),
    changes: z
      .strictObject({ added: sources, updated: sources, removed: sources })
      .describe('The change since the previous sequence'),
    links_since: z
      .templateLiteral(['seq', z.string().regex(/^[1-9]\d{0,5}$/)])
      .optional()
      .describe(
        'The archives leave out the links of all images of the named sequence, because earlier archives contain these links. If absent: the archives contain the links of all images',
      ),
    archives: z
      .array(
        z.strictObject({
          name: ArchiveName,
          size: SizeText,
          bytes: count,
          sha256,
          frame_sha256: sha256
            .optional()
            .describe(
              'The sha256 of the frame. Together with the digests of the blobs, it covers every byte of the archive',
            ),
        }),
      )
      .max(100_000)
      .describe('The archive files as they are now. A reissue can change them'),
    air_gapped_transfer: AirGappedTransfer,
    provenance: RecordedProvenance,
  })
  .describe('The metadata of one sealed sequence');
export type SequenceMetadata = z.infer<typeof SequenceMetadata>;

/**
 * Reads seq-metadata.yaml.
 *
 * @throws SEQ0210, SEQ0211 or SEQ0212 when it cannot be read
 */
export function parseSequenceMetadata(text: string, file: string): SequenceMetadata {
  return readRecord(text, file, SequenceMetadata, { maxCharacters: 16 * 1024 ** 2 });
}

/** seq-metadata.yaml, with the comments that a reader needs, in the order of the schema. */
export function renderSequenceMetadata(metadata: SequenceMetadata): string {
  const { sequence_number: number } = metadata;
  return renderYaml(
    SequenceMetadata.parse(metadata),
    {
      head: ['Written by seqmirror when the sequence was sealed. Edits are noticed.'],
      above: {
        changes: ['Against the previous sequence.'],
        archives: ['As they are packaged now. A reissue may repackage them; the seal stays.'],
        // Scripts read what follows `archives:` up to the next line that begins with "# ".
        air_gapped_transfer: ['Operational Information: what has to be carried.'],
        'air_gapped_transfer.dependencies': ['The sequences whose blobs this one really uses.'],
        'air_gapped_transfer.cumulative_size': ['Of the smallest set that a new site needs.'],
      },
      beside: {
        content_type: 'measured: baseline needs no other sequence',
        previous: number === 1 ? 'the first of its chain' : `seal of seq${number - 1}`,
        base: 'what was asked for; dependencies below is what was found',
      },
    },
    ['images'],
  );
}
