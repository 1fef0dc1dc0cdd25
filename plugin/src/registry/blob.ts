/** The bytes of a blob, counted and, for those who want it, hashed while they are read. */
import type { Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import { answerIncomplete, registryUnreachable, wrongDigest, wrongLength } from './errors';
import { gunzipped } from './gunzipped';
import type { HttpResponse } from './http';
import { defaultTimeouts, isGzip } from './http';
import { networkFailureOf } from './network-failure';
import type { PullSource } from './request-facts';
import type { Transport } from './transport';

export interface BlobRequest {
  readonly sources: readonly PullSource[];
  /** For messages: `a layer of registry.redhat.io/ubi9/ubi:9.5 (sha256:…)`. */
  readonly subject: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** Interruptions in a row, with less than 32 KiB between them, before it gives up. */
  readonly retries: number;
  readonly signal: AbortSignal;
}

// The progress that one transfer must make in a minute; otherwise one byte per connection would be enough for ever.
const leastProgress = defaultTimeouts.slowest.bytes;

interface OpenBody {
  readonly body: Readable;
  readonly host: string;
  /** Where in the blob the body begins. */
  readonly from: number;
}

/**
 * Reads a blob, and continues with a range request after a cut. If the server ignores ranges, the bytes that were seen
 * already are read again and dropped. Ends without an error only if the length is right, and the digest where there is
 * a hash.
 *
 * @param start bytes that are there already, and a hash that has seen them; without one the caller proves the content
 * @throws SEQ0508 for other content, SEQ0503 when it keeps breaking off, SEQ0507 when it isn't there
 */
export async function* readBlob(
  transport: Transport,
  request: BlobRequest,
  { from, hash }: { readonly from: number; readonly hash?: Hash | undefined },
): AsyncGenerator<Buffer, void, undefined> {
  const { subject, digest, bytes, signal, retries } = request;
  let at = from;
  let host = request.sources.at(-1)?.host ?? '';
  let failures = 0;

  while (at < bytes) {
    const open = await openAt(transport, request, at);
    host = open.host;
    let reason = 'the transfer ended early';
    const before = at;
    try {
      let position = open.from;
      for await (const chunk of open.body as AsyncIterable<Buffer>) {
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, at - position)));
        position += chunk.length;
        if (position > bytes) throw wrongLength({ subject, host, expected: bytes, actual: position, digest });
        if (fresh.length === 0) continue;
        hash?.update(fresh);
        at += fresh.length;
        yield fresh;
      }
    } catch (error) {
      signal.throwIfAborted();
      const cut = networkFailureOf(error);
      if (cut === undefined) throw error;
      reason = cut.words;
    }
    if (at === bytes) break;
    failures = at - before >= leastProgress ? 1 : failures + 1;
    if (failures > retries)
      throw registryUnreachable({ host, subject, words: `${reason} at byte ${at} of ${bytes}`, cause: undefined });
    await transport.pause({ host, subject, reason, failures }, signal);
  }
  if (at > bytes) throw wrongLength({ subject, host, expected: bytes, actual: at, digest });
  if (hash === undefined) return;
  const actual = digestFromHex(hash.digest('hex'));
  if (actual !== digest) throw wrongDigest({ subject, host, expected: digest, actual, itsDigest: 'its digest' });
}

async function openAt(transport: Transport, request: BlobRequest, at: number): Promise<OpenBody> {
  const open = (headers: Readonly<Record<string, string>>): Promise<OpenBody | 'no such range'> =>
    transport.send(
      request.sources,
      {
        method: 'GET',
        path: `blobs/${request.digest}`,
        // Compressing a blob that is compressed already takes time, and after a cut it could not be continued.
        headers: { 'accept-encoding': 'identity', ...headers },
        subject: request.subject,
        asks: 'blob',
        accepts: 'range' in headers ? [200, 206, 416] : [200],
        read: (response, { host }) => bodyOf(response, { host, at, request }),
      },
      request.signal,
    );
  const partial = at === 0 ? 'no such range' : await open({ range: `bytes=${at}-` });
  if (partial !== 'no such range') return partial;
  const whole = await open({});
  if (whole === 'no such range')
    throw answerIncomplete({ ...factsOf(request), problem: 'the registry does not send the whole blob' });
  return whole;
}

function bodyOf(
  response: HttpResponse,
  { host, at, request }: { host: string; at: number; request: BlobRequest },
): OpenBody | 'no such range' {
  const { subject, bytes, digest } = request;
  if (response.status === 416) {
    response.body.on('error', () => undefined).destroy();
    return 'no such range';
  }
  if (response.status === 200) {
    const announced = response.header('content-length');
    const isBlob = announced !== undefined && Number(announced) === bytes;
    // Compressed although nobody asked for it. With this size it is the blob itself, which object stores may call gzip
    // because it is.
    if (isGzip(response) && !isBlob) return { body: gunzipped(response.body), host, from: 0 };
    if (announced !== undefined && !isBlob) {
      throw wrongLength({ subject, host, expected: bytes, actual: Number(announced), digest });
    }
    return { body: response.body, host, from: 0 };
  }
  const range = /^bytes (\d+)-\d+\//.exec(response.header('content-range') ?? '');
  if (range === null || Number(range[1]) > at) {
    throw answerIncomplete({
      subject,
      host,
      problem: 'the registry sent another part of the blob than the requested part',
    });
  }
  return { body: response.body, host, from: Number(range[1]) };
}

function factsOf({ subject, sources }: BlobRequest): { subject: string; host: string } {
  return { subject, host: sources.at(-1)?.host ?? '' };
}
