/** A blob sent in chunks (OCI distribution 1.1, Pushing a blob in chunks). */
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { discard } from './http';
import type { BlobUpload, UploadAttempt, RequestOutcome } from './push-request';
import { mayPass, uploadLocation, pushing, sentBy, withDigest } from './push-request';
import { inChunks, hashedPieces } from './push-source';
import type { Transport } from './transport';

const chunkBytes = 8 * 1024 * 1024;
const largestChunk = 64 * 1024 * 1024;

/** After a cut, a chunk continues where the registry says that it ended, so a bad line costs chunks, not blobs. */
export async function sendInChunks(
  transport: Transport,
  upload: BlobUpload,
  { open, tell }: UploadAttempt,
): Promise<RequestOutcome> {
  const { subject, blob } = upload;
  const bytes = Math.min(Math.max(chunkBytes, open.smallestChunk ?? 0), largestChunk);
  let { location } = open;
  let at = 0;
  for await (const chunk of inChunks(hashedPieces(blob, { subject }), bytes)) {
    const sent = await sendChunk(transport, upload, { location, at, chunk });
    if ('again' in sent) return sent;
    location = sent.location ?? location;
    tell((at += chunk.length));
  }
  return untilAnswered(upload, (attempt) => endUpload(transport, upload, { location, attempt }));
}

async function sendChunk(
  transport: Transport,
  upload: BlobUpload,
  { location: first, at, chunk }: { location: URL; at: number; chunk: Buffer },
): Promise<RequestOutcome> {
  let location = first;
  let there = 0;
  return untilAnswered(upload, async (attempt, failure) => {
    if (failure !== undefined) {
      const state = await uploadState(transport, upload, location);
      // docker-registry (2.8, measured) gives up an upload if a chunk broke off in its middle.
      if (state === undefined || state.bytes < at || state.bytes > at + chunk.length)
        return { again: 'broken', failure };
      location = state.location;
      there = state.bytes - at;
      if (there === chunk.length) return { done: true, location };
    }
    return patchUpload(transport, upload, { location, at: at + there, chunk: chunk.subarray(there), attempt });
  });
}

/** Repeats what can be continued, as often as requests are repeated. */
async function untilAnswered(
  { retries, signal }: BlobUpload,
  send: (attempt: number, failure: SeqmirrorError | undefined) => Promise<RequestOutcome>,
): Promise<RequestOutcome> {
  let failure: SeqmirrorError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(attempt, failure);
    } catch (error) {
      signal.throwIfAborted();
      if (!isSeqmirrorError(error) || !mayPass(error) || attempt > retries) throw error;
      failure = error;
    }
  }
}

async function patchUpload(
  transport: Transport,
  { source, subject, signal }: BlobUpload,
  { location, at, chunk, attempt }: { location: URL; at: number; chunk: Buffer; attempt: number },
): Promise<RequestOutcome> {
  return transport.send<RequestOutcome>(
    [source],
    {
      ...pushing(subject),
      method: 'PATCH',
      path: '',
      url: location,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(chunk.length),
        'content-range': `${at}-${at + chunk.length - 1}`,
      },
      body: () => chunk,
      attempt,
      accepts: [202, 204, 404, 416],
      read: (response) => sentBy(response, { source, subject }),
    },
    signal,
  );
}

async function endUpload(
  transport: Transport,
  { source, subject, blob, signal }: BlobUpload,
  { location, attempt }: { location: URL; attempt: number },
): Promise<RequestOutcome> {
  return transport.send<RequestOutcome>(
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

/** How much of an upload is there, and where it continues; `undefined`: the registry does not know the upload. */
async function uploadState(
  transport: Transport,
  { source, subject, signal }: BlobUpload,
  location: URL,
): Promise<{ readonly location: URL; readonly bytes: number } | undefined> {
  return transport.send(
    [source],
    {
      ...pushing(subject),
      method: 'GET',
      path: '',
      url: location,
      accepts: [202, 204, 400, 404, 416],
      read: (response) => {
        discard(response);
        // Registries also answer `0-0` for nothing; a chunk of a single byte does not occur.
        const last = Number(/^(?:bytes=)?0-(\d{1,15})$/.exec(response.header('range') ?? '')?.[1] ?? Number.NaN);
        if (response.status >= 400 || Number.isNaN(last)) return undefined;
        return { location: uploadLocation(response, { source, subject }), bytes: last === 0 ? 0 : last + 1 };
      },
    },
    signal,
  );
}
