/** What messages tell of a request: the place that was asked, what it was asked for, and how it refused. */

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

/** An answer that isn't the one asked for, read and closed. */
export interface Refusal {
  readonly status: number;
  /** What the server says about it, fit to be printed. */
  readonly said: string | undefined;
  readonly retryAfter: string | undefined;
  /** It has no room left: 507, or a 500 that carries the system's word for it, as docker-registry's does. */
  readonly full: boolean;
}
