/** What messages tell about a request: the place that was asked, what for, and how it refused. */

import type { ProxyInUse } from './proxy';

/** A place that may have an image: the name as its registry knows it. */
export interface PullSource {
  readonly host: string;
  readonly repository: string;
  readonly insecure: boolean;
  /** `registry.redhat.io -> mirror.example/redhat`, if registries.conf sends us elsewhere. */
  readonly substitution?: string | undefined;
}

/** `push`: the registry receives content instead of giving it. */
export type RequestKind = 'manifest' | 'blob' | 'tags' | 'push';

/** What an answer means beyond its status, according to its words. */
export type RefusalReason =
  /** The disk behind it is full: 507, or a 500 that contains the system's message, as docker-registry's does. */
  | 'disk full'
  /** An account, project or organization has used up what it may have. */
  | 'quota'
  /** Repositories must be created before anything is pushed to them, as on ECR. */
  | 'no repository'
  /** A tag that stands for an image cannot be moved. */
  | 'immutable tag';

/** An answer that isn't the one asked for, read and closed. */
export interface Refusal {
  readonly status: number;
  /** The first error code of OCI distribution that it gives: `DIGEST_INVALID`. */
  readonly code: string | undefined;
  readonly reason: RefusalReason | undefined;
  /** Not from the registry, but from this proxy, or from one whose name nobody knows. */
  readonly proxy: ProxyInUse | 'unnamed' | undefined;
  /** Ways to log in that it offers, in lower case: `basic`, `bearer`, `negotiate`. */
  readonly schemes: readonly string[];
  /** The server's message, without control characters. */
  readonly said: string | undefined;
  readonly retryAfter: string | undefined;
}

/** Where a blob lies that is pushed. */
export interface BlobInArchive {
  readonly archive: string;
  /** Bytes from the archive's start. */
  readonly offset: number;
}

/** What became of credentials: none are configured, nobody asked for them, or they were sent. */
export type CredentialUse = 'none found' | 'not asked for' | 'sent';
