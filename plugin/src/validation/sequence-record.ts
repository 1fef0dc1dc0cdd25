import type { ChainOnDisk } from '../mirror/locate-archives';
import type { MirroredImage } from '../oci/image';
import type { ChainEntry } from '../sequence/chain-lock';
import type { Custody } from '../sequence/custody';
import type { Inventory } from '../sequence/inventory';
import type { LinkHolders } from '../sequence/link-holders';
import type { SequenceMetadata } from '../sequence/metadata';
import type { Finding } from '../system/errors';

/** The content of a sequence's records, and what is wrong with them. */
export interface SequenceRecord {
  readonly mirror: ChainOnDisk;
  readonly entry: ChainEntry;
  /** `undefined` if it is unreadable. */
  readonly metadata: SequenceMetadata | undefined;
  /** Read on request only. */
  readonly inventory: Inventory | undefined;
  /** All images, as far as the inventories of the sequences before are here. */
  readonly images: readonly MirroredImage[];
  /** Which sequences hold the links of its images; `undefined` where records are missing that would tell. */
  readonly linkHolders: LinkHolders | undefined;
  readonly custody: Custody | undefined;
  readonly findings: readonly Finding[];
}
