/**
 * The records of a sealed sequence for another place in the chain. Its blobs stay; what they are measured against
 * changes.
 */
import type { SequenceRecords } from '../mirror/build-records';
import { buildRecords } from '../mirror/build-records';
import type { Chain, Mirror } from '../mirror/mirror';
import { sequencePath, inTree } from '../mirror/mirror';
import { readConfig, readInventory, readMetadata, recordNames } from '../mirror/records';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { baseOf, imagesAtEnd, openSealedChain } from '../mirror/sealed-chain';
import type { MirroredImage } from '../oci/image';
import type { DestinationImage } from '../push/destination-images';
import { destinationImages } from '../push/destination-images';
import { blobSetOf, closureOf } from '../sequence/closure';
import type { SequenceFolder } from '../sequence/folder';
import { applyImageChanges } from '../sequence/images';
import type { Inventory } from '../sequence/inventory';
import type { SequenceMetadata } from '../sequence/metadata';
import { readText } from '../system/text-file';
import { notRenumberable } from './errors';

export interface ResealedRecords extends SequenceRecords {
  /** All images, as they are named where they arrive. */
  readonly images: readonly DestinationImage[];
  /** As it was sealed before. */
  readonly old: SequenceMetadata;
}

/**
 * @throws SEQ0231 when the sequences before its new place lack its base, and the errors of `checkSealed` for
 *   those
 */
export async function resealedBehind(
  mirror: Mirror,
  chain: Chain,
  { sequence, number, now }: { sequence: SequenceFolder; number: number; now: Date },
): Promise<ResealedRecords> {
  const { folder } = sequence;
  const lock = { entries: chain.lock.entries.filter((entry) => entry.folder !== folder) };
  const { sequences: before } = await openSealedChain(mirror, {
    // People renumber because of what is wrong with chain.lock, its signature included.
    chain: { ...chain, lock, findings: [] },
    upTo: number - 1,
    trust: 'proven',
  });
  const old = await readMetadata(mirror, folder);
  const { blobs, images: changes } = await readInventory(mirror, folder);
  const images = imagesOf({ folder, old, changes, before });
  // What was before it is another sequence now; a new baseline stays one.
  const base = old.base === 'none' ? 'none' : 'previous';
  const found = baseOf(number, base, before);
  const closure = closureOf(
    images.map(({ digest }) => digest),
    blobSetOf(blobs, found.blobs.values()),
  );
  const missingBlobs = missingIn(old);
  if (closure.missing.length > missingBlobs) {
    throw notRenumberable({
      folder,
      why: `It was taken against other sequences: ${closure.missing.length} of its blobs are in none before seq${number}`,
      next: `If it was made behind another one that lost its place too, renumber that one first; else \`nx run ${mirror.name}-seq${sequence.number}:void\` and mirror it again`,
    });
  }
  const { config } = await readConfig(mirror, folder);
  const records = buildRecords({
    number,
    intent: { ...old, base },
    config,
    pinnedConfig: await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.pinned))),
    before,
    base: found,
    images,
    closure,
    blobs,
    archives: old.archives,
    provenance: old.provenance,
    now,
    renumberedFrom: { sequence_number: sequence.number, seal: old.seal },
    adopted: old.adopted === undefined ? undefined : { missingBlobs },
  });
  return { ...records, images: destinationImages(images, config), old };
}

/** Blobs that were missing already when it was adopted damaged. */
function missingIn({ air_gapped_transfer: transfer }: SequenceMetadata): number {
  return transfer.complete ? 0 : (transfer.missing_blobs ?? 0);
}

/**
 * Its inventory is a difference to the sequence that it was sealed behind, which may itself have been renumbered since.
 */
function imagesOf({
  folder,
  old,
  changes,
  before,
}: {
  folder: string;
  old: SequenceMetadata;
  changes: Inventory['images'];
  before: readonly ProvenSequence[];
}): MirroredImage[] {
  const place = before.findIndex(
    ({ entry, metadata }) => entry.seal === old.previous || metadata.renumbered_from?.seal === old.previous,
  );
  if (old.previous !== null && place === -1) {
    throw notRenumberable({
      folder,
      why: `The sequence that it was sealed behind (${old.previous}) is not in this chain`,
      next: 'If that one lost its place too, renumber it first',
    });
  }
  return applyImageChanges(imagesAtEnd(before.slice(0, place + 1)), changes);
}
