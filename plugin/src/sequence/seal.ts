import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import type { Json } from '../system/canonical-json';
import { canonicalJson } from '../system/canonical-json';
import { sha256Of } from '../system/sha256';
import type { ImageRecord } from './inventory-record';
import { blobLine, imageLine, sortedLines } from './inventory-record';

/** The hash that stands for a sequence's content and, through `previous`, for the whole chain up to it. */
export const Seal = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
  .brand<'Seal'>();
export type Seal = z.infer<typeof Seal>;

/** All that a seal depends on: the content of the sequence's own folder, and the seal before. */
export interface SealedContent {
  readonly number: number;
  /** `null` for the first sequence. */
  readonly previous: Seal | null;
  /** The imageset configuration's parsed value. */
  readonly config: Json;
  /** The parsed value of imageset-config.pinned.yaml. */
  readonly pinned: Json;
  /** From this sequence's inventory. */
  readonly images: readonly ImageRecord[];
  readonly blobs: readonly BlobRecord[];
  /** As in seq-metadata.yaml. */
  readonly provenance: Json;
}

export interface InventoryHashes {
  readonly images: Digest;
  readonly blobs: Digest;
}

/**
 * Computes a seal: sha256 of the canonical JSON of the content, with sha256 of the sorted inventory lines (each with its
 * line feed) in place of images and blobs. Comments, quoting, key order, line ends and the order of records don't matter.
 *
 * @throws RangeError for a number in `config` or `pinned` that isn't a safe integer; no imageset configuration has one
 */
export function sealOf({ images, blobs, ...content }: SealedContent): Seal {
  return sealOfHashes({
    ...content,
    images: sha256(sortedLines(images, imageLine)),
    blobs: sha256(sortedLines(blobs, blobLine)),
  });
}

/**
 * The same, given the sha256 of the inventory's image lines and of its blob lines (`sha256:…`, each line with its line
 * feed). In the file that seqmirror wrote these lines stand as they are hashed, so that a seal can be checked without
 * parsing an inventory.
 */
export function sealOfHashes(content: Omit<SealedContent, 'images' | 'blobs'> & InventoryHashes): Seal {
  const { number, previous, config, pinned, images, blobs, provenance } = content;
  const text = canonicalJson({ number, previous, config, pinned, images, blobs, provenance });
  return Seal.parse(`sha256:${sha256Of(text)}`);
}

/** Twelve digits, for tables and summaries. */
export function shortSeal(seal: Seal): string {
  return seal.slice(0, 'sha256:'.length + 12);
}

function sha256(lines: readonly string[]): Digest {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return digestFromHex(hash.digest('hex'));
}
