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
  seqmirror: oneLine(60).describe('Version of seqmirror'),
  engine: z.enum(['oc-mirror', 'embedded']),
  engine_version: oneLine(100),
  engine_sha256: sha256.optional().describe("Of the engine's program, where there is one"),
  release_signature_key: oneLine(200).optional().describe('The key that the release signatures were verified by'),
  config_sha256: sha256.describe(
    'Of the imageset configuration, as canonical JSON: tells an edited one from other damage',
  ),
  tls_verified: z.boolean().describe('Whether every registry was reached by TLS that was verified'),
  substitutions: z.array(oneLine(1000)).max(1000).describe('Of registries.conf, in force for hosts of this config'),
  attachments: z
    .strictObject({
      taken: z.enum(['all', 'signatures', 'none']),
      if_refused: z.enum(['fail', 'skip']),
      refused: z
        .array(oneLine(1000))
        .max(1000)
        .describe('Where registries refused to tell of them, so that they were left out: `quay.io/app: signature`'),
    })
    .optional()
    .describe('What the embedded engine took of what cosign attaches to images; where absent all, and no refusal'),
  operators: z
    .array(
      z.strictObject({
        catalog: oneLine(1000),
        heads: z
          .array(oneLine(1000).regex(/^\S+ \S+ \S+$/))
          .max(5000)
          .describe('Heads of the channels selected: package, channel, version'),
        dependencies: z
          .array(oneLine(1000))
          .max(5000)
          .optional()
          .describe(
            'What `resolveDependencies` added, since selected operators need it; absent where it was not asked for',
          ),
      }),
    )
    .max(1000)
    .optional()
    .describe('What was selected of operator catalogs (embedded engine)'),
  missing: z
    .array(oneLine(1000))
    .max(1000)
    .optional()
    .describe('Images that could not be mirrored, and that `allowMissing` in sequence.yaml named'),
});
export type RecordedProvenance = z.infer<typeof RecordedProvenance>;

/** seq-metadata.yaml: the facts of a sealed sequence, for people and tools. */
export const SequenceMetadata = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    sequence_number: SequenceNumber,
    description: oneLine(200).describe('From sequence.yaml'),
    timestamp: Timestamp.describe('When it was sealed, UTC'),
    content_type: z.enum(['baseline', 'differential']).describe('Measured: whether another sequence is needed'),
    oc_mirror_version: oneLine(100).describe('Of oc-mirror, or of the embedded engine'),
    config_file: oneLine(200),
    config_source: oneLine(1000).optional().describe('Where the configuration was copied from'),
    seal: Seal.describe("Stands for the sequence's content"),
    previous: Seal.nullable().describe('Seal of the sequence before'),
    base: BaseChoice.describe('What was asked for; dependencies is what was found'),
    adopted: z
      .literal(true)
      .optional()
      .describe('Its archives were made without seqmirror and adopted; what is said of them was measured'),
    renumbered_from: z
      .strictObject({ sequence_number: SequenceNumber, seal: Seal })
      .optional()
      .describe('The place where it was first sealed, before another branch took that'),
    images: z.strictObject({ release: count, operator: count, additional: count, helm: count }),
    changes: z
      .strictObject({ added: sources, updated: sources, removed: sources })
      .describe('Against the previous sequence'),
    links_since: z
      .templateLiteral(['seq', z.string().regex(/^[1-9]\d{0,5}$/)])
      .optional()
      .describe(
        'The archives hold the links of those images that this sequence did not have, since archives up to it hold the others; where absent, of all images',
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
            .describe("Of all that is not a blob's content; with the blobs' own digests it covers every byte"),
        }),
      )
      .max(100_000)
      .describe('As they are packaged now; a reissue may repackage them'),
    air_gapped_transfer: AirGappedTransfer,
    provenance: RecordedProvenance,
  })
  .describe('Facts of one sealed sequence');
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
