/** What a verified folder is as a part of the chain: its images, what it needs, its records. Pure. */
import { pinnedConfigOf } from '../engine/pinned-config';
import type { ForeignSet } from '../foreign/foreign-set';
import { imagesOfSet } from '../foreign/set-images';
import { copyOfText } from '../imageset/edit';
import type { SequenceRecords } from '../mirror/build-records';
import { buildRecords } from '../mirror/build-records';
import { configSha256 } from '../mirror/check-sealed';
import { recordNames } from '../mirror/records';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { baseOf, imagesAtEnd } from '../mirror/sealed-chain';
import type { DestinationImage } from '../push/destination-images';
import { destinationImages } from '../push/destination-images';
import { blobSetOf, closureOf } from '../sequence/closure';
import type { Custody } from '../sequence/custody';
import { renderCustody } from '../sequence/custody';
import { imageChanges, imageTotal } from '../sequence/images';
import type { SequenceIntent } from '../sequence/intent';
import { renderSequenceIntent } from '../sequence/intent';
import type { SequenceMetadata } from '../sequence/metadata';
import { oneLine } from '../sequence/one-line';
import { sumOfBytes } from '../system/byte-size';
import { seqmirrorVersion } from '../system/package-version';
import { recordSchema } from '../yaml/schema-version';
import { correctionsTo } from './corrections';
import type { Damage } from './damage';
import { custodyOf, damageOf } from './damage';
import type { ChainPlace } from './place-in-chain';

/** A sequence that is about to be adopted: everything that will be written, and what people should know about it. */
export interface AdoptedSequence extends ChainPlace {
  readonly source: ForeignSet;
  readonly metadata: SequenceMetadata;
  /** Texts for its folder, in the order of writing; the last one makes it valid. */
  readonly texts: ReadonlyMap<string, string>;
  readonly images: number;
  /** All images, as they are named where they arrive. */
  readonly destinationImages: readonly DestinationImage[];
  /** Where measurements contradict the notes, one sentence each. */
  readonly corrections: readonly string[];
  /** `undefined` if it is sound. */
  readonly damage: Damage | undefined;
}

export interface MeasuredSequence {
  readonly sequence: AdoptedSequence;
  /** As the sequences after it see it. */
  readonly sealed: ProvenSequence;
}

export function measure(
  source: ForeignSet,
  {
    place,
    before,
    isUnsigned,
    now,
  }: { place: ChainPlace; before: readonly ProvenSequence[]; isUnsigned: boolean; now: Date },
): MeasuredSequence {
  const base = baseOf(place.number, 'previous', before);
  const own = blobSetOf(source.blobs);
  const { images, absent } = imagesOfSet({ ...source, own, base: base.blobs });
  const all = blobSetOf(source.blobs, base.blobs.values());
  const closure = closureOf(
    images.map(({ digest }) => digest),
    all,
  );
  const missingBlobs = closure.missing.length + absent.length;
  const damage = damageOf(source, { images, absent: absent.map((image) => image.source), closure, all });
  const intent = intentOf(source, place);
  const { document } = source.config;
  const records = buildRecords({
    number: place.number,
    intent,
    config: document.config,
    pinnedConfig: pinnedConfigOf(document, { images, catalogs: source.expected.catalogs }),
    before,
    base,
    images,
    closure,
    blobs: source.blobs,
    archives: source.archives.map(({ file: { name, bytes }, sha256, frameSha256 }) => ({
      name,
      bytes,
      sha256,
      frame_sha256: frameSha256,
    })),
    provenance: {
      seqmirror: seqmirrorVersion(),
      engine: 'oc-mirror',
      engine_version: source.engineVersion,
      config_sha256: configSha256(document.config),
      // It is unknown, so it is not promised.
      tls_verified: false,
      substitutions: [],
    },
    now,
    adopted: { missingBlobs },
  });
  const custody = custodyOf({ damage, isUnsigned });
  const { metadata } = records;
  const corrections = [
    ...source.notes,
    ...source.config.corrections,
    ...(source.original === undefined
      ? []
      : correctionsTo(source.original, {
          measured: metadata,
          folderName: source.folder.name,
          folder: place.folder,
        })),
  ];
  return {
    sequence: {
      ...place,
      source,
      metadata,
      texts: allTexts({ records, config: copyOfText(document.text), intent, custody }),
      images: imageTotal(images),
      destinationImages: destinationImages(images, document.config),
      corrections,
      damage,
    },
    sealed: {
      trust: 'proven',
      entry: { number: place.number, folder: place.folder, seal: metadata.seal, state: 'sealed' },
      metadata,
      inventory: { images: imageChanges(imagesAtEnd(before), images), blobs: source.blobs },
      custody,
    },
  };
}

function allTexts({
  records: { texts },
  config,
  intent,
  custody,
}: {
  records: SequenceRecords;
  config: string;
  intent: SequenceIntent;
  custody: Custody | undefined;
}): Map<string, string> {
  return new Map([
    [recordNames.config, config],
    [recordNames.intent, renderSequenceIntent(intent)],
    ...(custody === undefined ? [] : [[recordNames.custody, renderCustody(custody)] as const]),
    ...texts,
  ]);
}

const Description = oneLine(200);
const ConfigSource = oneLine(1000);

function intentOf({ original, folder, config }: ForeignSet, { folder: target }: ChainPlace): SequenceIntent {
  const described = [original?.description, folder.sequence?.name].find((text) => Description.safeParse(text).success);
  const source = [original?.config_source, config.from].find((text) => ConfigSource.safeParse(text).success);
  return {
    schema: recordSchema,
    description: described ?? target.replace(/^seq\d+-/, '').replaceAll('-', ' '),
    base: 'previous',
    config_source: source,
  };
}

/** All bytes of a sequence's archives. */
export function archiveBytesOf({ source }: Pick<AdoptedSequence, 'source'>): number {
  return sumOfBytes(source.archives.map(({ file }) => file));
}
