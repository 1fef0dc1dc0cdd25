/** What the requests of one upload share: what they are for, and how their answers are read. */
import type { SeqmirrorError } from '../system/errors';
import type { HttpResponse } from './http';
import { discard } from './http';
import { uploadPlaceless } from './push-errors';
import type { PushedBlob } from './push-source';
import type { PullSource } from './request-facts';
import type { RegistryRequest } from './transport';

export interface BlobUpload {
  readonly source: PullSource;
  readonly subject: string;
  readonly blob: PushedBlob;
  /** A repository on the same host that is expected to have the blob. */
  readonly mountFrom?: string | undefined;
  /** Whether its content has to be hashed here, or the registry is asked whether it proves it. */
  readonly proof: BlobProof;
  readonly retries: number;
  readonly signal: AbortSignal;
  /** Called with the bytes sent beyond those of earlier attempts. */
  readonly onBytes: (bytes: number) => void;
}

/** `undefined` from `provenAt`: nobody but us looks at the bytes. Else the origin whose server proves digests. */
export type BlobProof = 'here' | { readonly provenAt: () => Promise<string | undefined> };

export interface OpenUpload {
  readonly location: URL;
  /** OCI distribution 1.1: a registry with this header accepts chunks, none smaller except the last. */
  readonly smallestChunk: number | undefined;
}

/** The outcome of one request. `again`: this upload is gone, another may succeed. `broken`: by a bad line. */
export type RequestOutcome =
  | { readonly done: true; readonly location?: URL | undefined }
  | { readonly again: 'forgotten' | 'too large' | 'not believed' }
  | { readonly again: 'broken'; readonly failure: SeqmirrorError };

export interface UploadAttempt {
  readonly open: OpenUpload;
  readonly attempt: number;
  /** Reports how many bytes of the blob are on their way. */
  readonly tell: (bytes: number) => void;
}

export function pushing(subject: string): Pick<RegistryRequest<unknown>, 'subject' | 'asks' | 'actions'> {
  return { subject, asks: 'push', actions: 'pull,push' };
}

export function sentBy(response: HttpResponse, goesOn?: { source: PullSource; subject: string }): RequestOutcome {
  discard(response);
  if (response.status === 413) return { again: 'too large' };
  if (response.status === 404 || response.status === 416) return { again: 'forgotten' };
  return { done: true, location: goesOn === undefined ? undefined : uploadLocation(response, goesOn) };
}

export function openedBy(response: HttpResponse, facts: { source: PullSource; subject: string }): OpenUpload {
  const smallest = Number(response.header('oci-chunk-min-length') ?? Number.NaN);
  return {
    location: uploadLocation(response, facts),
    smallestChunk: Number.isSafeInteger(smallest) && smallest > 0 ? smallest : undefined,
  };
}

export function uploadLocation(
  response: HttpResponse,
  { source, subject }: { source: PullSource; subject: string },
): URL {
  const text = response.header('location') ?? '';
  const refuse = (problem: string) => uploadPlaceless({ host: source.host, subject, problem });
  if (text === '') throw refuse('its answer has no Location header');
  if (!URL.canParse(text, response.url.href)) throw refuse('the Location header of its answer is not a URL');
  const url = new URL(text, response.url);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && response.url.protocol === 'http:');
  if (!isSafe) throw refuse(`the Location header leads from ${response.url.protocol} to ${url.protocol}`);
  return url;
}

/** Appended as text: the rest of the query must come back as the registry wrote it. */
export function withDigest(location: URL, { digest }: Pick<PushedBlob, 'digest'>): URL {
  return new URL(`${location.href}${location.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`);
}

export function mayPass({ code }: SeqmirrorError): boolean {
  return code === 'SEQ0503' || code === 'SEQ0509';
}
