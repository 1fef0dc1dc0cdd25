/**
 * Compares what seq-metadata.yaml tells people about a sequence with the records that a seal covers. The description
 * and the time may be anything; the bytes of earlier archives may have changed since, if those were reissued.
 */
import { recordFile, recordNames } from '../mirror/records';
import type { MirroredImage } from '../oci/image';
import { imageKinds } from '../oci/image';
import { saysSize } from '../sequence/air-gapped-transfer';
import { baseChain } from '../sequence/base';
import { blobSetOf, closureOf } from '../sequence/closure';
import { servesAsBase } from '../sequence/custody';
import { dependenciesOf } from '../sequence/dependencies';
import { countImages, summariseChanges } from '../sequence/images';
import type { Inventory } from '../sequence/inventory';
import type { SequenceMetadata } from '../sequence/metadata';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import { printable } from '../system/printable';
import { linksElsewhere } from './images-of-base';
import { factsEdited } from './record-errors';
import type { SequenceRecord } from './sequence-record';

/** @param earlier all sequences before, as far as their records are here; with inventories only if these were read */
export function factsFindings(sequence: SequenceRecord, earlier: readonly SequenceRecord[]): Finding[] {
  const { mirror, entry, metadata, inventory } = sequence;
  if (metadata === undefined) return [];
  const before = earlier.at(-1);
  const isLinked = entry.number === 1 || (before?.entry.number === entry.number - 1 && before.inventory !== undefined);
  const facts = [
    ...factsOf(metadata),
    ...(inventory === undefined || !isLinked ? [] : factsOfImages(metadata, sequence.images, before?.images ?? [])),
    ...(inventory === undefined ? [] : neededSequences(sequence, inventory, earlier)),
  ];
  const wrong = facts.filter(({ said, found }) => JSON.stringify(said) !== JSON.stringify(found));
  if (wrong.length === 0) return [];
  const details = wrong.map(
    ({ key, said, found }) => `${key}: ${shown(said)}, but the other records say ${shown(found)}`,
  );
  return [factsEdited({ folder: entry.folder, file: recordFile(mirror, entry.folder, recordNames.metadata), details })];
}

interface Fact {
  readonly key: string;
  readonly said: unknown;
  readonly found: unknown;
}

function factsOf({ archives, air_gapped_transfer: transfer, ...metadata }: SequenceMetadata): Fact[] {
  const bytes = sumOfBytes(archives);
  const [ownBytes, ownSize] = transfer.complete
    ? [transfer.transfer_bytes, transfer.transfer_size]
    : [transfer.differential_bytes, transfer.differential_size];
  const own = transfer.complete ? 'transfer' : 'differential';
  return [
    { key: 'content_type', said: metadata.content_type, found: transfer.complete ? 'baseline' : 'differential' },
    { key: 'oc_mirror_version', said: metadata.oc_mirror_version, found: metadata.provenance.engine_version },
    { key: 'config_file', said: metadata.config_file, found: recordNames.config },
    ...archives.map((archive, at) => sizeFact(`archives[${at}].size`, archive.size, archive.bytes)),
    { key: `${own}_bytes`, said: ownBytes, found: bytes },
    sizeFact(`${own}_size`, ownSize, bytes),
    sizeFact('cumulative_size', transfer.cumulative_size, transfer.cumulative_bytes),
  ];
}

function sizeFact(key: string, said: string, bytes: number): Fact {
  return { key, said, found: saysSize(said, bytes) ? said : formatBytes(bytes) };
}

function factsOfImages(
  { images: counts, changes }: SequenceMetadata,
  images: readonly MirroredImage[],
  before: readonly MirroredImage[],
): Fact[] {
  const counted = countImages(images);
  const { added, updated, removed } = summariseChanges(before, images);
  return [
    ...imageKinds.map((kind) => ({
      key: `images.${kind}`,
      said: counts[kind],
      found: counted[kind],
    })),
    { key: 'changes.added', said: changes.added, found: added },
    { key: 'changes.updated', said: changes.updated, found: updated },
    { key: 'changes.removed', said: changes.removed, found: removed },
  ];
}

/**
 * Skipped for sequences adopted in parts, and if records are missing, or a base is lost or retired without a copy: then
 * the answer was another one.
 */
function neededSequences(sequence: SequenceRecord, inventory: Inventory, earlier: readonly SequenceRecord[]): Fact[] {
  const { entry, metadata, images } = sequence;
  const { number } = entry;
  if (metadata === undefined || metadata.adopted === true) return [];
  const known = earlier.flatMap(({ entry, metadata: one, inventory: its, custody }) =>
    one === undefined || its === undefined ? [] : [{ number: entry.number, base: one.base, blobs: its.blobs, custody }],
  );
  if (known.length !== number - 1 || known.some(({ custody }) => custody !== undefined && !servesAsBase(custody)))
    return [];
  const bases = new Map([...known.map((each) => [each.number, each.base] as const), [number, metadata.base] as const]);
  const numbers = baseChain(number, bases);
  const holders = new Map(
    known.filter((each) => numbers.includes(each.number)).map((each) => [each.number, blobSetOf(each.blobs)]),
  );
  const own = blobSetOf(inventory.blobs);
  const closure = closureOf(
    images.map(({ digest }) => digest),
    blobSetOf(inventory.blobs, ...[...holders.values()].map((blobs) => blobs.values())),
  );
  if (closure.missing.length > 0) return [];
  const linkedIn = new Set(linksElsewhere(sequence).keys());
  const needed = dependenciesOf({ closure: closure.blobs, own, holders, linkedIn });
  const found = needed.map((each) => `seq${each.number}`);
  return [{ key: 'air_gapped_transfer.dependencies', said: metadata.air_gapped_transfer.dependencies, found }];
}

function shown(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value), { limit: 120 });
}
