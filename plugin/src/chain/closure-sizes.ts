/** What the images of each sequence need, by the inventories up to it. */
import type { Answer, CheckedRecords } from '../mirror/checked-records';
import { questionAbout } from '../mirror/checked-records';
import type { ChainRecords } from '../mirror/mirror';
import { readInventory } from '../mirror/records';
import { ClosureSize } from '../sequence/closure-size';
import { ImagesSoFar } from '../sequence/images';

export interface SequenceSize {
  /** Blobs that its archives add. */
  readonly newBlobs: number;
  /** Bytes of all blobs of its images. */
  readonly closureBytes: number;
}

/** Asked about the sequences of a chain in their order, it reads no inventory before one whose answer isn't known. */
export class ClosureSizes {
  readonly #mirror: ChainRecords;
  readonly #records: CheckedRecords;
  readonly #size = new ClosureSize();
  readonly #images = new ImagesSoFar();
  /** Sequences whose answers were known, so that their inventories were not read. */
  #unread: string[] = [];
  #last: Answer<SequenceSize> | undefined;

  constructor(mirror: ChainRecords, records: CheckedRecords) {
    this.#mirror = mirror;
    this.#records = records;
  }

  /** @throws SEQ0215 for an inventory that does not continue those before; it is passed over then */
  async next(folder: string): Promise<SequenceSize> {
    const about = questionAbout(this.#mirror, folder, { what: 'size of its closure', names: ['inventory'] });
    const answer = this.#records.ask<SequenceSize>({ ...about, after: this.#last });
    this.#last = answer;
    if (answer.known !== undefined) {
      this.#unread.push(folder);
      return answer.known;
    }
    for (const each of this.#unread) await this.#read(each);
    this.#unread = [];
    const newBlobs = await this.#read(folder);
    const found = { newBlobs, closureBytes: this.#size.bytes };
    answer.note(found);
    return found;
  }

  async #read(folder: string): Promise<number> {
    const inventory = await readInventory(this.#mirror, folder);
    this.#images.add(inventory.images);
    this.#size.add(inventory);
    return inventory.blobs.length;
  }
}
