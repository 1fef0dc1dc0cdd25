/**
 * The records of a sealed sequence for another place in the chain. Its blobs stay; what they are measured against
 * changes.
 */
import type { SequenceFacts, SequenceRecords } from '../mirror/build-records';
import { buildRecords } from '../mirror/build-records';
import { placeOf } from '../mirror/chain-images';
import type { Chain, Mirror } from '../mirror/mirror';
import { sequencePath, inTree } from '../mirror/mirror';
import { readConfig, readInventory, readMetadata, recordNames } from '../mirror/records';
import type { Base, ProvenSequence } from '../mirror/sealed-chain';
import { baseOf, imagesAtEnd, linkHoldersIn, openSealedChain } from '../mirror/sealed-chain';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { DestinationImage } from '../push/destination-images';
import { destinationImages } from '../push/destination-images';
import { blobSetOf, closureOf } from '../sequence/closure';
import type { SequenceFolder } from '../sequence/folder';
import { applyImageChanges } from '../sequence/images';
import { isSinceBefore } from '../sequence/link-holders';
import type { SequenceMetadata } from '../sequence/metadata';
import { counted } from '../system/counted';
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
  const since = sealedBehind({ folder, old, before });
  const images = applyImageChanges(imagesAtEnd(before.slice(0, since)), changes);
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
      why: `The archives of this sequence leave out blobs of other sequences: no sequence before seq${number} has ${closure.missing.length} of them`,
      next: `If it follows another sequence that also needs a new number, renumber that sequence first. Otherwise, run \`nx run ${mirror.name}-seq${sequence.number}:void\` and mirror it again`,
    });
  }
  const leftOut = linksLeftOut(mirror, { sequence, old, images, before, since, found });
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
    leftOut,
    archives: old.archives,
    provenance: old.provenance,
    now,
    renumberedFrom: { sequence_number: sequence.number, seal: old.seal },
    adopted: old.adopted === undefined ? undefined : { missingBlobs },
  });
  return { ...records, images: destinationImages(images, config), old };
}

/**
 * Which links its archives leave out at its new place, and who holds them.
 *
 * @param facts.since number of the sequence that it was sealed behind
 * @throws SEQ0231 when those are not held any more, or archives in between lead tags elsewhere
 */
function linksLeftOut(
  mirror: Mirror,
  {
    sequence: { folder, number },
    old,
    images,
    before,
    since,
    found,
  }: {
    sequence: SequenceFolder;
    old: SequenceMetadata;
    images: readonly MirroredImage[];
    before: readonly ProvenSequence[];
    since: number;
    found: Base;
  },
): SequenceFacts['leftOut'] {
  if (old.links_since === undefined) return undefined;
  const holders = linkHoldersIn(before.slice(0, since));
  const leftOut = images.filter((image) => holders.of(image) !== undefined);
  const isHeld = (holder: number): boolean =>
    found.holders.has(holder) && before[holder - 1]?.metadata.adopted === undefined;
  const later = new Map<string, Set<Digest>>();
  for (let at = since + 1; at <= before.length; at += 1)
    for (const image of imagesAtEnd(before.slice(0, at)))
      later.set(placeOf(image), (later.get(placeOf(image)) ?? new Set()).add(image.digest));
  const lacking = leftOut.filter(
    (image) =>
      !isHeld(holders.of(image) as number) ||
      [...(later.get(placeOf(image)) ?? [])].some((digest) => digest !== image.digest),
  );
  const isKnown = isSinceBefore({ number: old.sequence_number, since: old.links_since });
  if (isKnown && lacking.length === 0) return { since, linkHolder: holders.of };
  throw notRenumberable({
    folder,
    why: `The archives of this sequence leave out links of earlier sequences, and after seq${before.length} the links of ${counted(lacking.length, 'image')} would be missing`,
    next: `Run \`nx run ${mirror.name}-seq${number}:void\`, then mirror it again`,
  });
}

/** Blobs that were missing already when it was adopted damaged. */
function missingIn({ air_gapped_transfer: transfer }: SequenceMetadata): number {
  return transfer.complete ? 0 : (transfer.missing_blobs ?? 0);
}

/**
 * The number of the sequence that it was sealed behind, to which its inventory is a difference, and which may have been
 * renumbered itself since. 0: none.
 */
function sealedBehind({
  folder,
  old,
  before,
}: {
  folder: string;
  old: SequenceMetadata;
  before: readonly ProvenSequence[];
}): number {
  const place = before.findIndex(
    ({ entry, metadata }) => entry.seal === old.previous || metadata.renumbered_from?.seal === old.previous,
  );
  if (old.previous !== null && place === -1) {
    throw notRenumberable({
      folder,
      why: `The previous sequence, with the seal ${old.previous}, is not in this chain`,
      next: 'If the sequence before it also needs a new number, renumber that sequence first',
    });
  }
  return place + 1;
}
