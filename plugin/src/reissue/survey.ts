/**
 * Everything that is known before anything is decided: the sequence as it was sealed, the chain around it, and what is
 * where.
 */
import type { HashPool } from '../archive/hashing/hashing';
import type { ImageSetDocument } from '../imageset/document';
import { requireRecordedImageSet } from '../imageset/document';
import { checkSealed } from '../mirror/check-sealed';
import { requireSealed } from '../mirror/find-sequence';
import type { Chain, Mirror } from '../mirror/mirror';
import { readChain, sequencePath, inTree } from '../mirror/mirror';
import { readCustodyIfThere, readInventory, readMetadataIfThere, recordFile, recordNames } from '../mirror/records';
import type { BlobSet } from '../oci/blob';
import type { MirroredImage } from '../oci/image';
import type { ChainEntry } from '../sequence/chain-lock';
import { headOf, sealedEntry } from '../sequence/chain-lock';
import { blobSetOf } from '../sequence/closure';
import type { Custody } from '../sequence/custody';
import { applyImageChanges } from '../sequence/images';
import type { Inventory } from '../sequence/inventory';
import type { RecordedLinks } from '../sequence/link-holders';
import { linkHolders, recordedLinks } from '../sequence/link-holders';
import type { SequenceMetadata } from '../sequence/metadata';
import { sumOfBytes } from '../system/byte-size';
import type { Progress } from '../system/progress';
import { readText } from '../system/text-file';
import type { Copies } from './copies';
import { findCopies } from './copies';
import { notSealed } from './errors';
import type { OwnArchive } from './own-archives';
import { examineOwnArchives } from './own-archives';

/** Another sequence of the chain whose archives may be useful. */
export interface Neighbour {
  readonly number: number;
  readonly folder: string;
  readonly metadata: SequenceMetadata;
}

export interface DamageSurvey {
  readonly mirror: Mirror;
  readonly entry: ChainEntry;
  readonly metadata: SequenceMetadata;
  readonly document: ImageSetDocument;
  readonly inventory: Inventory;
  readonly custody: Custody | undefined;
  /** Images of the sequence, including those it keeps from its predecessors. */
  readonly images: readonly MirroredImage[];
  /** Those of them whose links its archives hold. */
  readonly linked: readonly MirroredImage[];
  /** Images of every sealed sequence of the chain, for blobs that none of its own images needs. */
  readonly allImages: readonly MirroredImage[];
  readonly blobs: BlobSet;
  readonly neighbours: readonly Neighbour[];
  readonly own: readonly OwnArchive[];
  readonly copies: Copies;
}

/**
 * The sequence's place in the chain and its records, proven to be what was sealed.
 *
 * @throws SEQ0333 for a sequence that isn't sealed, and the errors of checkSealed
 */
export async function readSealed(mirror: Mirror, folder: string): Promise<{ chain: Chain; entry: ChainEntry }> {
  const chain = await readChain(mirror);
  return { chain, entry: requireSealed(mirror, chain, { folder, refusal: notSealed }) };
}

/** Reads the records and hashes every archive of the sequence that is here. Writes nothing. */
export async function surveySequence(
  mirror: Mirror,
  {
    folder,
    from,
    pool,
    progress,
    signal,
  }: { folder: string; from: readonly string[]; pool: HashPool; progress: Progress; signal: AbortSignal },
): Promise<DamageSurvey> {
  const { chain, entry } = await readSealed(mirror, folder);
  const metadata = await checkSealed(mirror, chain, entry);
  const custody = await readCustodyIfThere(mirror, folder);
  const configText = await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.config)));
  const copies = await findCopies(mirror, { folder, metadata, custody, from });
  const records = await readAround(mirror, chain, entry);
  progress.total(sumOfBytes(metadata.archives));
  const own = await examineOwnArchives(mirror, { folder, metadata, pool, signal, progress: progress.advance });
  return {
    mirror,
    entry,
    metadata,
    document: requireRecordedImageSet(configText, recordFile(mirror, folder, recordNames.config)),
    custody,
    ...records,
    own,
    copies,
  };
}

/**
 * The inventories of the whole chain. `openSealedChain` would throw at a later sequence that cannot be read; here that
 * one just cannot help.
 */
async function readAround(
  mirror: Mirror,
  chain: Chain,
  entry: ChainEntry,
): Promise<Pick<DamageSurvey, 'inventory' | 'images' | 'linked' | 'allImages' | 'blobs' | 'neighbours'>> {
  const head = headOf(chain.lock)?.number ?? entry.number;
  let inventory: Inventory = { images: [], blobs: [] };
  let images: MirroredImage[] = [];
  let here: readonly MirroredImage[] = [];
  const all = new Map<string, MirroredImage>();
  const inventories: Inventory[] = [];
  const links: RecordedLinks[] = [];
  const neighbours: Neighbour[] = [];
  for (let number = 1; number <= head; number += 1) {
    const sealed = sealedEntry(chain.lock, number);
    if (sealed === undefined) break;
    const { folder } = sealed;
    try {
      const metadata = await readMetadataIfThere(mirror, folder);
      const found = await readInventory(mirror, folder);
      inventories.push(found);
      images = applyImageChanges(images, found.images);
      if (number <= entry.number) links.push(recordedLinks(metadata, found));
      for (const image of images) all.set(`${image.source} ${image.digest}`, image);
      if (number === entry.number) [inventory, here] = [found, images];
      else if (metadata !== undefined) neighbours.push({ number, folder, metadata });
    } catch (error) {
      if (number <= entry.number) throw error;
      break;
    }
  }
  const holders = linkHolders(links);
  return {
    inventory,
    images: here,
    linked: here.filter((image) => holders.of(image) === entry.number),
    allImages: [...here, ...all.values()],
    blobs: blobSetOf(...inventories.map(({ blobs }) => blobs)),
    neighbours,
  };
}
