/** Makes a sequence's records from its content. Pure; the same for a new seal and for a seal at another place. */
import { requireImageSet } from '../imageset/document';
import type { ImageSetConfiguration } from '../imageset/schema';
import type { BlobRecord } from '../oci/blob';
import type { MirroredImage } from '../oci/image';
import { airGappedTransferOf } from '../sequence/air-gapped-transfer';
import type { Closure } from '../sequence/closure';
import { dependenciesOf } from '../sequence/dependencies';
import { countImages, imageChanges, summariseChanges } from '../sequence/images';
import type { SequenceIntent } from '../sequence/intent';
import type { Inventory } from '../sequence/inventory';
import { encodeInventory } from '../sequence/inventory';
import type { LinkHolders } from '../sequence/link-holders';
import type { RecordedProvenance, SequenceMetadata } from '../sequence/metadata';
import { renderSequenceMetadata } from '../sequence/metadata';
import { timestampOf } from '../sequence/one-line';
import { sealOf } from '../sequence/seal';
import { renderSha256Sums } from '../sequence/sha256-sums';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import type { Json } from '../system/canonical-json';
import { recordSchema } from '../yaml/schema-version';
import { recordNames } from './records';
import type { Base, ProvenSequence } from './sealed-chain';
import { imagesAtEnd } from './sealed-chain';

export interface SequenceFacts {
  readonly number: number;
  readonly intent: Pick<SequenceIntent, 'description' | 'base' | 'config_source'>;
  readonly config: ImageSetConfiguration;
  readonly pinnedConfig: string;
  /** All sealed sequences before this one. */
  readonly before: readonly ProvenSequence[];
  readonly base: Base;
  /** All images of this sequence, and what they consist of. */
  readonly images: readonly MirroredImage[];
  readonly closure: Closure;
  /** What its archives hold. */
  readonly blobs: readonly BlobRecord[];
  /** Where its archives leave out links that earlier ones hold: those of images of this sequence, and who holds them. */
  readonly leftOut?: { readonly since: number; readonly linkHolder: LinkHolders['of'] } | undefined;
  readonly archives: readonly Omit<SequenceMetadata['archives'][number], 'size'>[];
  readonly provenance: RecordedProvenance;
  readonly now: Date;
  readonly renumberedFrom?: SequenceMetadata['renumbered_from'] | undefined;
  /** For a sequence that was adopted damaged: how many blobs of its images are missing everywhere. */
  readonly adopted?: { readonly missingBlobs: number } | undefined;
}

export interface SequenceRecords {
  readonly metadata: SequenceMetadata;
  /** Texts for the sequence's folder, in the order of writing: what makes it valid comes last. */
  readonly texts: ReadonlyMap<string, string>;
}

export function buildRecords(facts: SequenceFacts): SequenceRecords {
  const { number, intent, images, blobs, leftOut, archives, provenance, renumberedFrom, adopted } = facts;
  const previousImages = imagesAtEnd(facts.before);
  const inventory: Inventory = { images: imageChanges(previousImages, images), blobs };
  const previous = facts.before.at(-1)?.entry.seal ?? null;
  const seal = sealOf({
    number,
    previous,
    config: facts.config as Json,
    pinned: requireImageSet(facts.pinnedConfig, recordNames.pinned).config as Json,
    ...inventory,
    provenance,
  });
  const transfer = transferOf(facts);
  const { added, updated, removed } = summariseChanges(previousImages, images);
  const metadata: SequenceMetadata = {
    schema: recordSchema,
    sequence_number: number,
    description: intent.description,
    timestamp: timestampOf(facts.now),
    content_type: transfer.complete ? 'baseline' : 'differential',
    oc_mirror_version: provenance.engine_version,
    config_file: recordNames.config,
    config_source: intent.config_source,
    seal,
    previous,
    base: intent.base,
    adopted: adopted === undefined ? undefined : true,
    renumbered_from: renumberedFrom,
    images: countImages(images),
    changes: { added: [...added], updated: [...updated], removed: [...removed] },
    links_since: leftOut && `seq${leftOut.since}`,
    archives: archives.map(({ name, bytes, sha256, frame_sha256: frame }) => ({
      name,
      size: formatBytes(bytes),
      bytes,
      sha256,
      frame_sha256: frame,
    })),
    air_gapped_transfer: transfer,
    provenance,
  };
  const texts = new Map<string, string>([
    [recordNames.pinned, facts.pinnedConfig],
    [recordNames.inventory, encodeInventory(inventory)],
    [recordNames.sums, renderSha256Sums(archives)],
    [recordNames.metadata, renderSequenceMetadata(metadata)],
  ]);
  return { metadata, texts };
}

function transferOf({ before, base, images, blobs, leftOut, archives, closure, adopted }: SequenceFacts) {
  const own = new Set(blobs.map(({ digest }) => digest));
  const linkedIn = new Set(images.flatMap((image) => leftOut?.linkHolder(image) ?? []));
  const archiveBytesOf = new Map(before.map(({ entry, metadata }) => [entry.number, sumOfBytes(metadata.archives)]));
  return airGappedTransferOf({
    archiveBytes: sumOfBytes(archives),
    dependencies: dependenciesOf({ closure: closure.blobs, own, holders: base.holders, linkedIn }).map(
      ({ number }) => ({
        number,
        archiveBytes: archiveBytesOf.get(number) ?? 0,
      }),
    ),
    missingBlobs: adopted?.missingBlobs ?? 0,
  });
}
