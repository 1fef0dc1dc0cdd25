/**
 * One blob into one repository (OCI distribution 1.1, Pushing blobs): mounted from another repository, else in one
 * request, else in chunks. An upload that broke is never gone on with in one piece: nobody knows what of it arrived.
 */
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import type { HttpResponse } from './http';
import { discard } from './http';
import type { PullSource } from './pull-sources';
import { uploadPlaceless, uploadsForgotten } from './push-errors';
import type { PushedBlob } from './push-source';
import { inChunks, provenPieces } from './push-source';
import type { RegistryRequest, Transport } from './transport';

export interface BlobUpload {
  readonly source: PullSource;
  readonly subject: string;
  readonly blob: PushedBlob;
  /** A repository of the same host that is believed to have the blob. */
  readonly mountFrom?: string | undefined;
  readonly retries: number;
  readonly signal: AbortSignal;
  /** Bytes sent beyond those of attempts before. */
  readonly onBytes: (bytes: number) => void;
}

interface OpenUpload {
  readonly location: URL;
  /** OCI distribution 1.1: a registry that has this takes chunks, none smaller but the last. */
  readonly smallestChunk: number | undefined;
}

/** What became of one request: `again`: this upload is gone, another one may come through. */
type Sent = { readonly done: true; readonly location?: URL } | { readonly again: 'forgotten' | 'too large' };

const chunkBytes = 8 * 1024 * 1024;
const largestChunk = 64 * 1024 * 1024;

/** @throws SEQ0519 … SEQ0523 for what the registry or the content refuses, SEQ0503 or SEQ0509 when it keeps failing */
export async function uploadBlob(transport: Transport, upload: BlobUpload): Promise<'uploaded' | 'mounted'> {
  const { subject, source, retries, signal } = upload;
  const tell = highWaterMark(upload.onBytes);
  let chunked = false;
  let forgotten = 0;
  for (let attempt = 1; ; attempt += 1) {
    const open = await openUpload(transport, upload, attempt === 1 ? upload.mountFrom : undefined);
    if (open === 'mounted') return 'mounted';
    chunked ||= open.smallestChunk !== undefined;
    try {
      const send = chunked ? sendInChunks : sendWhole;
      const sent = await send(transport, upload, { open, attempt, tell });
      if ('done' in sent) return 'uploaded';
      // A second refusal of a smaller request is told as what it is.
      if (sent.again === 'too large') chunked = true;
      else forgotten += 1;
      if (forgotten > retries) throw uploadsForgotten({ host: source.host, subject, times: forgotten });
      if (sent.again === 'forgotten') {
        const reason = 'the registry forgot the upload';
        await transport.pause({ host: source.host, subject, reason, failures: forgotten }, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!isSeqmirrorError(error) || !isPassing(error) || attempt > retries) throw error;
      chunked = true;
    }
  }
}

async function openUpload(
  transport: Transport,
  { source, subject, blob: { digest }, signal }: BlobUpload,
  mountFrom: string | undefined,
): Promise<OpenUpload | 'mounted'> {
  const ask = (from: string | undefined) =>
    transport.send<OpenUpload | 'mounted' | 'refused'>(
      [source],
      {
        ...pushing(subject),
        method: 'POST',
        path: `blobs/uploads/${from === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(from)}`}`,
        headers: { 'content-length': '0' },
        ...(from === undefined ? {} : { mountsFrom: from }),
        // Whoever may not read where a blob is to be mounted from may still upload it.
        accepts: from === undefined ? [202] : [201, 202, 400, 401, 403, 404, 405],
        read: (response) => {
          discard(response);
          if (response.status === 201) return 'mounted';
          return response.status === 202 ? openedBy(response, { source, subject }) : 'refused';
        },
      },
      signal,
    );
  const first = await ask(mountFrom);
  if (first !== 'refused') return first;
  const second = await ask(undefined);
  if (second === 'refused') throw uploadPlaceless({ host: source.host, subject, problem: 'none at all' });
  return second;
}

interface Sending {
  readonly open: OpenUpload;
  readonly attempt: number;
  /** So many bytes of the blob are on their way. */
  readonly tell: (bytes: number) => void;
}

async function sendWhole(transport: Transport, upload: BlobUpload, { open, attempt, tell }: Sending): Promise<Sent> {
  const { source, subject, blob, signal } = upload;
  // Taken piece by piece: the next is asked for when the one before has left for the network, for its memory is used again.
  const body = async function* (): AsyncGenerator<Buffer> {
    let at = 0;
    for await (const piece of provenPieces(blob, { subject })) {
      signal.throwIfAborted();
      yield piece;
      tell((at += piece.length));
    }
  };
  return transport.send<Sent>(
    [source],
    {
      ...pushing(subject),
      method: 'PUT',
      path: '',
      url: withDigest(open.location, blob),
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.bytes) },
      body,
      attempt,
      accepts: [201, 204, 404, 413],
      read: (response) => sentBy(response),
    },
    signal,
  );
}

async function sendInChunks(transport: Transport, upload: BlobUpload, { open, attempt, tell }: Sending): Promise<Sent> {
  const { source, subject, blob, signal } = upload;
  const bytes = Math.min(Math.max(chunkBytes, open.smallestChunk ?? 0), largestChunk);
  let { location } = open;
  let at = 0;
  for await (const chunk of inChunks(provenPieces(blob, { subject }), bytes)) {
    const from = at;
    const sent = await transport.send<Sent>(
      [source],
      {
        ...pushing(subject),
        method: 'PATCH',
        path: '',
        url: location,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(chunk.length),
          'content-range': `${from}-${from + chunk.length - 1}`,
        },
        body: () => chunk,
        attempt,
        accepts: [202, 204, 404, 416],
        read: (response) => sentBy(response, { source, subject }),
      },
      signal,
    );
    if ('again' in sent) return sent;
    location = sent.location ?? location;
    tell((at += chunk.length));
  }
  return transport.send<Sent>(
    [source],
    {
      ...pushing(subject),
      method: 'PUT',
      path: '',
      url: withDigest(location, blob),
      headers: { 'content-length': '0' },
      attempt,
      accepts: [201, 204, 404],
      read: (response) => sentBy(response),
    },
    signal,
  );
}

function pushing(subject: string): Pick<RegistryRequest<unknown>, 'subject' | 'asks' | 'actions'> {
  return { subject, asks: 'push', actions: 'pull,push' };
}

function sentBy(response: HttpResponse, goesOn?: { source: PullSource; subject: string }): Sent {
  discard(response);
  if (response.status === 413) return { again: 'too large' };
  if (response.status === 404 || response.status === 416) return { again: 'forgotten' };
  return { done: true, ...(goesOn === undefined ? {} : { location: locationOf(response, goesOn) }) };
}

function openedBy(response: HttpResponse, facts: { source: PullSource; subject: string }): OpenUpload {
  const smallest = Number(response.header('oci-chunk-min-length') ?? Number.NaN);
  return {
    location: locationOf(response, facts),
    smallestChunk: Number.isSafeInteger(smallest) && smallest > 0 ? smallest : undefined,
  };
}

function locationOf(response: HttpResponse, { source, subject }: { source: PullSource; subject: string }): URL {
  const text = response.header('location') ?? '';
  const refuse = (problem: string) => uploadPlaceless({ host: source.host, subject, problem });
  if (text === '') throw refuse('its answer has no Location');
  if (!URL.canParse(text, response.url.href)) throw refuse('its Location is no address');
  const url = new URL(text, response.url);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && response.url.protocol === 'http:');
  if (!isSafe) throw refuse(`it sends from ${response.url.protocol} to ${url.protocol}`);
  return url;
}

/** Appended as text: what else is in the query has to come back as the registry wrote it. */
function withDigest(location: URL, { digest }: PushedBlob): URL {
  return new URL(`${location.href}${location.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`);
}

function isPassing({ code }: SeqmirrorError): boolean {
  return code === 'SEQ0503' || code === 'SEQ0509';
}

/** Tells of each byte once, however often it is sent. */
function highWaterMark(onBytes: (bytes: number) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    if (bytes <= told) return;
    onBytes(bytes - told);
    told = bytes;
  };
}
