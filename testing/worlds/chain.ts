/**
 * Chains for specs: `aChain().baseline('ubi9').differential('logging', { adds: 2 }).build()`. Everything follows from the
 * seed; every record is made by the functions that make real ones, and `contents` has the bytes behind each blob.
 */
import { stringify } from 'yaml';
import type { BlobRecord } from '../../plugin/src/oci/blob';
import type { Digest } from '../../plugin/src/oci/digest';
import { hexOf } from '../../plugin/src/oci/digest';
import type { MirroredImage } from '../../plugin/src/oci/image';
import { airGappedTransferOf } from '../../plugin/src/sequence/air-gapped-transfer';
import { baseBlobs, baseChain } from '../../plugin/src/sequence/base';
import type { ChainLock } from '../../plugin/src/sequence/chain-lock';
import { renderChainLock } from '../../plugin/src/sequence/chain-lock';
import { blobSetOf, bytesOf, closureOf } from '../../plugin/src/sequence/closure';
import { dependenciesOf } from '../../plugin/src/sequence/dependencies';
import { sequenceFolderName } from '../../plugin/src/sequence/folder';
import { countImages, imageChanges, summariseChanges } from '../../plugin/src/sequence/images';
import type { BaseChoice, SequenceIntent } from '../../plugin/src/sequence/intent';
import { renderSequenceIntent } from '../../plugin/src/sequence/intent';
import type { Inventory } from '../../plugin/src/sequence/inventory';
import { encodeInventory } from '../../plugin/src/sequence/inventory';
import type { SequenceMetadata } from '../../plugin/src/sequence/metadata';
import { renderSequenceMetadata } from '../../plugin/src/sequence/metadata';
import { timestampOf } from '../../plugin/src/sequence/one-line';
import type { Seal } from '../../plugin/src/sequence/seal';
import { sealOf } from '../../plugin/src/sequence/seal';
import { renderSha256Sums } from '../../plugin/src/sequence/sha256-sums';
import { formatBytes } from '../../plugin/src/system/byte-size';
import { canonicalJson } from '../../plugin/src/system/canonical-json';
import type { FixtureImage } from '../images/small-image';
import { aSignature, anImage, digestOf } from '../images/small-image';

export interface StepOptions {
  /** How many images are new, get another digest under the same tag, and leave. */
  readonly adds?: number;
  readonly updates?: number;
  readonly removes?: number;
  readonly base?: BaseChoice;
}

export interface FixtureSequence {
  readonly number: number;
  readonly folder: string;
  readonly intent: SequenceIntent;
  /** All of them, not only what changed. */
  readonly images: readonly MirroredImage[];
  readonly inventory: Inventory;
  readonly metadata: SequenceMetadata;
  readonly seal: Seal;
  /** Text of the files of its folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface FixtureChain {
  readonly sequences: readonly FixtureSequence[];
  readonly lock: ChainLock;
  /** The bytes of every blob of the chain. */
  readonly contents: ReadonlyMap<Digest, Buffer>;
  /** Text of all files, by path below `content/`: `chain.lock`, `seq1-ubi9/sequence.yaml`, … */
  readonly files: Readonly<Record<string, string>>;
}

interface Step extends Required<StepOptions> {
  readonly name: string;
}

export class ChainBuilder {
  readonly #seed: number;
  readonly #steps: readonly Step[];

  constructor(seed: number, steps: readonly Step[] = []) {
    this.#seed = seed;
    this.#steps = steps;
  }

  /** A sequence that needs no other. */
  baseline(name: string, options: StepOptions = {}): ChainBuilder {
    return this.#with({ name, adds: 2, updates: 0, removes: 0, base: 'none', ...options });
  }

  /** A sequence that leaves out what its base holds. */
  differential(name: string, options: StepOptions = {}): ChainBuilder {
    return this.#with({ name, adds: 1, updates: 0, removes: 0, base: 'previous', ...options });
  }

  build(): FixtureChain {
    let world: readonly FixtureImage[] = [];
    const sequences: FixtureSequence[] = [];
    const contents = new Map<Digest, Buffer>();
    for (const [index, step] of this.#steps.entries()) {
      world = imagesAfter(world, step, { seed: this.#seed, number: index + 1 });
      for (const { digest, content } of world.flatMap(({ blobs }) => blobs)) contents.set(digest, content);
      sequences.push(sealStep(step, { world, sequences }));
    }
    const lock: ChainLock = {
      entries: sequences.map(({ number, folder, seal }) => ({ number, folder, seal, state: 'sealed' })),
    };
    const inFolders = sequences.flatMap(({ folder, files }) =>
      Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text] as const),
    );
    return {
      sequences,
      lock,
      contents,
      files: Object.fromEntries([['chain.lock', renderChainLock(lock)], ...inFolders]),
    };
  }

  #with(step: Step): ChainBuilder {
    return new ChainBuilder(this.#seed, [...this.#steps, step]);
  }
}

export function aChain({ seed = 1 }: { seed?: number } = {}): ChainBuilder {
  return new ChainBuilder(seed);
}

// Every second image is an index of two architectures, every third one is signed.
function imagesAfter(
  world: readonly FixtureImage[],
  step: Step,
  { seed, number }: { seed: number; number: number },
): FixtureImage[] {
  const before = world.filter(({ image }) => image.attachedTo === undefined);
  const kept = before.slice(step.removes);
  const added = Array.from({ length: step.adds }, (_, index) => `registry.example/${step.name}/image-${index}:1.0`);
  const sources = new Set([...kept.map(({ image }) => image.source), ...added]);
  const images = [...sources].map((source, index) => {
    const existing = kept[index];
    if (existing !== undefined && index >= step.updates) return existing;
    return anImage(source, { seed, version: number, architectures: 1 + ((source.length + index) % 2) });
  });
  return images.flatMap((image, index) => (index % 3 === 0 ? [image, aSignature(image, { seed })] : [image]));
}

function sealStep(
  step: Step,
  { world, sequences }: { world: readonly FixtureImage[]; sequences: readonly FixtureSequence[] },
): FixtureSequence {
  const number = sequences.length + 1;
  const previous = sequences.at(-1);
  const folder = sequenceFolderName(number, step.name);
  const images = world.map(({ image }) => image);
  const records = blobSetOf(world.flatMap(({ blobs }) => blobs.map(recordOf)));
  const closure = closureOf(
    images.map(({ digest }) => digest),
    records,
  );
  const bases = new Map([
    ...sequences.map(({ intent }, index) => [index + 1, intent.base] as const),
    [number, step.base] as const,
  ]);
  const chain = baseChain(number, bases);
  const inventories = new Map(sequences.map((sequence) => [sequence.number, sequence.inventory]));
  const base = baseBlobs(chain, { inventories, custodies: new Map() });
  const own = blobSetOf([...closure.blobs.values()].filter(({ digest }) => !base.has(digest)));
  const inventory = { images: imageChanges(previous?.images ?? [], images), blobs: [...own.values()] };
  const holders = new Map(chain.map((at) => [at, blobSetOf(inventories.get(at)?.blobs ?? [])]));
  const dependencies = dependenciesOf({ closure: closure.blobs, own, holders, linkedIn: new Set() });
  const archiveBytes = bytesOf(own) + 10_240;
  const archive = {
    name: 'mirror_000001.tar',
    size: formatBytes(archiveBytes),
    bytes: archiveBytes,
    sha256: hexOf(digestOf(`${folder} archive`)),
  };
  const intent: SequenceIntent = { schema: 'seqmirror/v1', description: step.name, base: step.base };
  const { config, pinned } = configsOf(images);
  const provenance = {
    seqmirror: '0.1.0',
    engine: 'embedded' as const,
    engine_version: 'embedded 0.1.0',
    config_sha256: hexOf(digestOf(canonicalJson(config))),
    tls_verified: true,
    substitutions: [],
  };
  const seal = sealOf({ number, previous: previous?.seal ?? null, config, pinned, ...inventory, provenance });
  const metadata: SequenceMetadata = {
    schema: 'seqmirror/v1',
    sequence_number: number,
    description: step.name,
    timestamp: timestampOf(new Date(Date.UTC(2026, 10, number, 6, 8, 52))),
    content_type: dependencies.length === 0 ? 'baseline' : 'differential',
    oc_mirror_version: 'embedded 0.1.0',
    config_file: 'imageset-config.yaml',
    seal,
    previous: previous?.seal ?? null,
    base: step.base,
    images: countImages(images),
    changes: mutable(summariseChanges(previous?.images ?? [], images)),
    archives: [archive],
    air_gapped_transfer: airGappedTransferOf({
      archiveBytes,
      dependencies: dependencies.map((dependency) => ({
        number: dependency.number,
        archiveBytes: sequences[dependency.number - 1]?.metadata.archives[0]?.bytes ?? 0,
      })),
    }),
    provenance,
  };
  const files = {
    'imageset-config.yaml': stringify(config),
    'imageset-config.pinned.yaml': stringify(pinned),
    'sequence.yaml': renderSequenceIntent(intent),
    'seq-metadata.yaml': renderSequenceMetadata(metadata),
    'seq-inventory.jsonl': encodeInventory(inventory),
    SHA256SUMS: renderSha256Sums([archive]),
  };
  return { number, folder, intent, images, inventory, metadata, seal, files };
}

function configsOf(images: readonly MirroredImage[]) {
  const own = images.filter(({ attachedTo }) => attachedTo === undefined);
  const configOf = (names: string[]) => ({
    apiVersion: 'mirror.openshift.io/v2alpha1',
    kind: 'ImageSetConfiguration',
    mirror: { additionalImages: names.map((name) => ({ name })) },
  });
  return {
    config: configOf(own.map(({ source }) => source)),
    pinned: configOf(own.map(({ source, digest }) => `${source}@${digest}`)),
  };
}

function recordOf({ content: _, ...record }: BlobRecord & { content: Buffer }): BlobRecord {
  return record;
}

function mutable({ added, updated, removed }: ReturnType<typeof summariseChanges>) {
  return { added: [...added], updated: [...updated], removed: [...removed] };
}
