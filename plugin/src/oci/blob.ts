import { z } from 'zod';
import { Digest } from './digest';

/**
 * The facts of one blob, without its bytes: enough to compute closures and differentials from records alone. Only
 * manifests and indexes have `mediaType` and `refs`; `refs` are all digests that the document names: config, layers,
 * children, in order.
 */
export const BlobRecord = z.strictObject({
  digest: Digest,
  bytes: z.int().nonnegative().describe('The size in bytes'),
  mediaType: z.string().max(200).optional().describe('Only for manifests and indexes'),
  refs: z.array(Digest).max(20_000).optional().describe('Only for manifests and indexes: the blobs that they list'),
});
export type BlobRecord = z.infer<typeof BlobRecord>;

/** Blobs by digest. */
export type BlobSet = ReadonlyMap<Digest, BlobRecord>;
