/** Blobs that a reissue needs, where they may be, and why one was not found. */
import type { StoredBlob } from '../archive/blob-source';
import type { Digest } from '../oci/digest';

/**
 * Where bytes come from, in the order in which the sources are tried: what an earlier reissue fetched, other copies of
 * the sequence, other archives of the chain, the engines' caches, and last the source registry.
 */
export const sourceKinds = ['stage', 'copy', 'chain', 'cache', 'registry'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export interface BlobOrigin {
  readonly kind: SourceKind;
  /** For people: the file, the sequence that it belongs to, the repository. */
  readonly where: string;
}

/** A place that may hold a blob. It is hashed before it is trusted. */
export interface BlobCandidate extends StoredBlob {
  readonly kind: Exclude<SourceKind, 'registry'>;
  /** For people: the file, or the sequence that it belongs to. */
  readonly where: string;
}

export interface WantedBlob {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A blob that no place has. */
export interface BlobNotHad extends WantedBlob {
  /** Sources of the images that need it. */
  readonly images: readonly string[];
  /** Where it was looked for, and what was found there. */
  readonly tried: readonly { readonly where: string; readonly why: string }[];
  /** No place said for good that it lacks the blob: one was out of reach, busy, or refused the credentials. */
  readonly maybeLater: boolean;
}
