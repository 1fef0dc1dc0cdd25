/** What messages tell of a request: the place that was asked, what it was asked for, and how it refused. */

import type { ProxyInUse } from './proxy';

/** A place that may have an image: the name as its registry knows it. */
export interface PullSource {
  readonly host: string;
  readonly repository: string;
  readonly insecure: boolean;
  /** `registry.redhat.io -> mirror.example/redhat`, where registries.conf sends us elsewhere. */
  readonly substitution?: string | undefined;
}

/** `push`: to take something, rather than to give it. */
export type RequestKind = 'manifest' | 'blob' | 'tags' | 'push';

/** What an answer means beyond its status, as far as its words say. */
export type RefusalReason =
  /** The disk behind it is full: 507, or a 500 that carries the system's word for it, as docker-registry's does. */
  | 'disk full'
  /** An account, project or organization has used up what it may have. */
  | 'quota'
  /** Repositories have to be made before anything is pushed to them, as on ECR. */
  | 'no repository'
  /** A tag that stands for an image stays with it. */
  | 'immutable tag';

/** An answer that isn't the one asked for, read and closed. */
export interface Refusal {
  readonly status: number;
  readonly reason: RefusalReason | undefined;
  /** It did not come from the registry: the proxy that gave it, or one whose name nobody knows. */
  readonly proxy: ProxyInUse | 'unnamed' | undefined;
  /** Ways to log in that it names, in lower case: `basic`, `bearer`, `negotiate`. */
  readonly schemes: readonly string[];
  /** What the server says about it, fit to be printed. */
  readonly said: string | undefined;
  readonly retryAfter: string | undefined;
}

/** What became of credentials: none are configured, nobody asked for them, or they were sent. */
export type CredentialUse = 'none found' | 'not asked for' | 'sent';
