/** From what was verified in the stage to the records of the sequence. Pure. */
import type { VerifiedArchives } from '../archive/verify';
import type { EngineVersion, StagedArchives } from '../engine/engine';
import type { ImageSetDocument } from '../imageset/document';
import type { Digest } from '../registry/digest';
import { airGappedTransferOf, sizeText } from '../sequence/air-gapped-transfer';
import type { Closure } from '../sequence/closure';
import { dependenciesOf } from '../sequence/dependencies';
import { countImages, imageChanges, summariseChanges } from '../sequence/images';
import type { SequenceIntent } from '../sequence/intent';
import type { Inventory } from '../sequence/inventory';
import { encodeInventory } from '../sequence/inventory';
import type { RecordedProvenance, SequenceMetadata } from '../sequence/metadata';
import { renderSequenceMetadata } from '../sequence/metadata';
import { sealOf } from '../sequence/seal';
import { renderSha256Sums } from '../sequence/sha256-sums';
import type { Json } from '../system/canonical-json';
import { configSha256 } from './check-sealed';
import { recordNames } from './records';
import type { Base, SealedSequence } from './sealed-chain';
import { imagesAtEnd } from './sealed-chain';

export interface SequenceFacts {
  readonly number: number;
  readonly intent: SequenceIntent;
  readonly document: ImageSetDocument;
  /** All sealed sequences before this one. */
  readonly before: readonly SealedSequence[];
  readonly base: Base;
  readonly engine: EngineVersion;
  readonly staged: Pick<StagedArchives, 'images' | 'pinnedConfig' | 'provenance'>;
  /** The value of the pinned configuration. */
  readonly pinned: Json;
  readonly verified: Pick<VerifiedArchives, 'archives' | 'blobs'>;
  readonly closure: Closure;
  readonly seqmirrorVersion: string;
  readonly now: Date;
}

export interface SequenceRecords {
  readonly metadata: SequenceMetadata;
  readonly inventory: Inventory;
  /** Texts for the sequence's folder, in the order of writing: what makes it valid comes last. */
  readonly texts: ReadonlyMap<string, string>;
}

export function buildRecords(facts: SequenceFacts): SequenceRecords {
  const { number, document, staged, verified } = facts;
  const previousImages = imagesAtEnd(facts.before);
  const inventory: Inventory = { images: imageChanges(previousImages, staged.images), blobs: verified.blobs };
  const previous = facts.before.at(-1)?.entry.seal ?? null;
  const provenance = provenanceOf(facts);
  const seal = sealOf({
    number,
    previous,
    config: document.config as Json,
    pinned: facts.pinned,
    ...inventory,
    provenance,
  });
  const transfer = transferOf(facts);
  const metadata: SequenceMetadata = {
    schema: 'seqmirror/v1',
    sequence_number: number,
    description: facts.intent.description,
    timestamp: facts.now.toISOString().replace(/\.\d+Z$/, 'Z'),
    content_type: transfer.complete ? 'baseline' : 'differential',
    oc_mirror_version: facts.engine.version,
    config_file: recordNames.config,
    ...(facts.intent.config_source === undefined ? {} : { config_source: facts.intent.config_source }),
    seal,
    previous,
    base: facts.intent.base,
    images: countImages(staged.images),
    changes: mutable(summariseChanges(previousImages, staged.images)),
    archives: verified.archives.map(({ name, bytes, sha256 }) => ({ name, size: sizeText(bytes), bytes, sha256 })),
    air_gapped_transfer: transfer,
    provenance,
  };
  const texts = new Map([
    [recordNames.pinned, staged.pinnedConfig],
    [recordNames.inventory, encodeInventory(inventory)],
    [recordNames.sums, renderSha256Sums(verified.archives)],
    [recordNames.metadata, renderSequenceMetadata(metadata)],
  ]);
  return { metadata, inventory, texts };
}

function provenanceOf({ engine, staged, document, seqmirrorVersion }: SequenceFacts): RecordedProvenance {
  return {
    seqmirror: seqmirrorVersion,
    engine: engine.engine,
    engine_version: engine.version,
    ...(engine.sha256 === undefined ? {} : { engine_sha256: engine.sha256 }),
    config_sha256: configSha256(document.config),
    tls_verified: staged.provenance.tlsVerified,
    substitutions: [...staged.provenance.substitutions],
  };
}

function transferOf({ before, base, verified, closure }: SequenceFacts) {
  const own = new Set<Digest>(verified.blobs.map(({ digest }) => digest));
  const archiveBytesOf = new Map(before.map(({ entry, metadata }) => [entry.number, sumOfBytes(metadata.archives)]));
  return airGappedTransferOf({
    archiveBytes: sumOfBytes(verified.archives),
    dependencies: dependenciesOf({ closure: closure.blobs, own, holders: base.holders }).map(({ number }) => ({
      number,
      archiveBytes: archiveBytesOf.get(number) ?? 0,
    })),
  });
}

function mutable(changes: ReturnType<typeof summariseChanges>) {
  return { added: [...changes.added], updated: [...changes.updated], removed: [...changes.removed] };
}

export function sumOfBytes(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}
