import { z } from 'zod';
import { Digest } from './digest';

/**
 * What is known of one blob without having its bytes: enough to compute closures and differentials from records alone.
 * `mediaType` and `refs` are there for manifests and indexes, and only for them; `refs` are all digests that the
 * document names: config, layers, children, in its order.
 */
export const BlobRecord = z.strictObject({
  digest: Digest,
  bytes: z.int().nonnegative().describe('Size in bytes'),
  mediaType: z.string().max(200).optional().describe('Of manifests and indexes only'),
  refs: z.array(Digest).max(20_000).optional().describe('Of manifests and indexes only: what they are made of'),
});
export type BlobRecord = z.infer<typeof BlobRecord>;

/** Blobs by digest. */
export type BlobSet = ReadonlyMap<Digest, BlobRecord>;
