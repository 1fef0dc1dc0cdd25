/** A sealed sequence's records for another place in the chain. Its blobs stay; what they are measured against changes. */
import { requireImageSet } from '../imageset/document';
import type { MirroredImage } from '../engine/engine';
import { airGappedTransferOf } from '../sequence/air-gapped-transfer';
import { blobSetOf, closureOf } from '../sequence/closure';
import { dependenciesOf } from '../sequence/dependencies';
import type { SequenceFolder } from '../sequence/folder';
import { applyImageChanges, imageChanges, summariseChanges } from '../sequence/images';
import type { Inventory } from '../sequence/inventory';
import { encodeInventory } from '../sequence/inventory';
import type { SequenceMetadata } from '../sequence/metadata';
import { renderSequenceMetadata } from '../sequence/metadata';
import { sealOf } from '../sequence/seal';
import type { Seal } from '../sequence/seal';
import type { Json } from '../system/canonical-json';
import { sumOfBytes } from './build-records';
import { notRenumberable } from './errors';
import type { Chain, Mirror } from './mirror';
import { sequencePath } from './mirror';
import { readConfig, readInventory, readMetadata, recordFile, recordNames } from './records';
import type { SealedSequence } from './sealed-chain';
import { baseOf, imagesAtEnd, readSealedSequences } from './sealed-chain';
import { readText } from './text-file';

export interface Resealed {
  readonly metadata: SequenceMetadata;
  readonly texts: ReadonlyMap<string, string>;
  readonly replaced: { readonly seal: Seal };
}

/** @throws SEQ0231 when the sequences before its new place lack what it was taken against */
export async function resealedBehind(
  mirror: Mirror,
  chain: Chain,
  { sequence, number, now }: { sequence: SequenceFolder; number: number; now: Date },
): Promise<Resealed> {
  const { folder } = sequence;
  const lock = { entries: chain.lock.entries.filter((entry) => entry.folder !== folder) };
  const before = await readSealedSequences(mirror, { ...chain, lock }, number - 1);
  const old = await readMetadata(mirror, folder);
  const { blobs, images: oldChanges } = await readInventory(mirror, folder);
  const images = imagesOf({ folder, old, oldChanges, before });
  const inventory: Inventory = { images: imageChanges(imagesAtEnd(before), images), blobs };
  const base = baseOf(number, old.base === 'none' ? 'none' : 'previous', before);
  const closure = closureOf(
    images.map(({ digest }) => digest),
    blobSetOf(blobs, base.blobs.values()),
  );
  if (closure.missing.length > 0) {
    throw notRenumberable({
      folder,
      why: `It was taken against other sequences: ${closure.missing.length} of its blobs are in none before seq${number}`,
      next: `If it was made behind another one that lost its place too, renumber that one first; else \`nx run ${mirror.name}-seq${sequence.number}:void\` and mirror it again`,
    });
  }
  const previous = before.at(-1)?.entry.seal ?? null;
  const config = (await readConfig(mirror, folder)).config as Json;
  const pinnedText = await readText(sequencePath(mirror, folder, recordNames.pinned));
  const pinned = requireImageSet(pinnedText, recordFile(mirror, folder, recordNames.pinned)).config as Json;
  const own = new Set(blobs.map(({ digest }) => digest));
  const transfer = airGappedTransferOf({
    archiveBytes: sumOfBytes(old.archives),
    dependencies: dependenciesOf({ closure: closure.blobs, own, holders: base.holders }).map((dependency) => ({
      number: dependency.number,
      archiveBytes: sumOfBytes(before.find(({ entry }) => entry.number === dependency.number)?.metadata.archives ?? []),
    })),
  });
  const changes = summariseChanges(imagesAtEnd(before), images);
  const metadata: SequenceMetadata = {
    ...old,
    sequence_number: number,
    timestamp: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    content_type: transfer.complete ? 'baseline' : 'differential',
    seal: sealOf({ number, previous, config, pinned, ...inventory, provenance: old.provenance }),
    previous,
    base: old.base === 'none' ? 'none' : 'previous',
    changes: { added: [...changes.added], updated: [...changes.updated], removed: [...changes.removed] },
    air_gapped_transfer: transfer,
    renumbered_from: { sequence_number: sequence.number, seal: old.seal },
  };
  const texts = new Map([
    [recordNames.pinned, pinnedText],
    [recordNames.inventory, encodeInventory(inventory)],
    [recordNames.sums, await readText(sequencePath(mirror, folder, recordNames.sums))],
    [recordNames.metadata, renderSequenceMetadata(metadata)],
  ]);
  return { metadata, texts, replaced: { seal: old.seal } };
}

/** Its inventory is a difference to the sequence that it was sealed behind, which may have been renumbered itself since. */
function imagesOf({
  folder,
  old,
  oldChanges,
  before,
}: {
  folder: string;
  old: SequenceMetadata;
  oldChanges: Inventory['images'];
  before: readonly SealedSequence[];
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
  return applyImageChanges(imagesAtEnd(before.slice(0, place + 1)), oldChanges);
}
