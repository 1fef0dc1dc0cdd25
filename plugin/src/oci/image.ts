import type { Digest } from './digest';

/** An image that the configuration asks for, resolved. */
export interface MirroredImage {
  readonly kind: ImageKind;
  /** As the configuration or the engine's own list names it: `registry.redhat.io/ubi9/ubi:9.5`. */
  readonly source: string;
  /** Root digest: that of the index if there is one. */
  readonly digest: Digest;
  /** Repository in the archive and, below its namespace, in the destination: `ubi9/ubi`. */
  readonly repository: string;
  readonly tag: string;
  /** For signatures and attestations with a tag of their own: the digest of their image. */
  readonly attachedTo?: Digest | undefined;
}

/** In the order in which output lists them. */
export const imageKinds = ['release', 'operator', 'additional', 'helm'] as const;
export type ImageKind = (typeof imageKinds)[number];

/** `ubi9/ubi:9.5` → root digest, for every tag of a cache or of archives. */
export type TagDigests = ReadonlyMap<string, Digest>;
