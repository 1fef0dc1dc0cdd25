/** How many bytes the images of each sequence need, where one sequence after the other changes them a little. */
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { Inventory } from './inventory';

/**
 * The bytes of the closure of a sequence's images, as `closureOf` finds it, in time that grows with what each sequence
 * changes: for each blob it counts what refers to it. Records in a circle, which no digests can make, count for ever.
 */
export class ClosureSize {
  readonly #blobs = new Map<Digest, Pick<BlobRecord, 'bytes' | 'refs'>>();
  readonly #uses = new Map<Digest, number>();
  #bytes = 0;

  /** Bytes of all blobs that the images need, as far as their records are known. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The next sequence. Its inventory continues the ones before, as `applyImageChanges` checks. */
  add({ images, blobs }: Inventory): void {
    for (const { digest, bytes, refs } of blobs) {
      if (this.#blobs.has(digest)) continue;
      this.#blobs.set(digest, { bytes, refs });
      // Named before it was recorded.
      if (this.#uses.has(digest)) this.#count(digest, 1);
    }
    for (const { change, digest } of images) this.#use(digest, change === 'added' ? 1 : -1);
  }

  #use(digest: Digest, by: 1 | -1): void {
    if (this.#changes(digest, by)) this.#count(digest, by);
  }

  /** Counts a blob, and what it refers to as far as nothing else does. */
  #count(digest: Digest, by: 1 | -1): void {
    const open = [digest];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const blob = this.#blobs.get(next);
      this.#bytes += by * (blob?.bytes ?? 0);
      for (const child of blob?.refs ?? []) if (this.#changes(child, by)) open.push(child);
    }
  }

  /** One more use of a blob, or one less. Whether that was the first, or the last. */
  #changes(digest: Digest, by: 1 | -1): boolean {
    const uses = (this.#uses.get(digest) ?? 0) + by;
    if (uses === 0) this.#uses.delete(digest);
    else this.#uses.set(digest, uses);
    return uses === (by === 1 ? 1 : 0);
  }
}
