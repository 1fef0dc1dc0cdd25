/**
 * Pushes one blob into one repository (OCI distribution 1.1, Pushing blobs): mounted from another repository, else in
 * one request, else in chunks. A request that broke is sent again in chunks, and chunks continue in the middle: the
 * registry says how much has arrived, and those bytes were hashed.
 *
 * What is sent in one request to a server that proves digests is not hashed here as well. If it refuses the content, the
 * blob is read and hashed, so that a damaged archive is told as that; a sound one is sent once more.
 */
import { isSeqmirrorError } from '../system/errors';
import { discard } from './http';
import { sendInChunks } from './push-chunks';
import { uploadPlaceless, uploadsForgotten } from './push-errors';
import type { BlobUpload, OpenUpload, UploadAttempt, RequestOutcome } from './push-request';
import { mayPass, openedBy, pushing, sentBy, withDigest } from './push-request';
import type { PushedBlob } from './push-source';
import { hashedPieces, requireSound } from './push-source';
import type { Transport } from './transport';

/**
 * @throws SEQ0519 … SEQ0523 when the registry refuses it or the content is wrong, SEQ0503 or SEQ0509 when it keeps
 *   failing
 */
export async function uploadBlob(transport: Transport, upload: BlobUpload): Promise<'uploaded' | 'mounted'> {
  const { subject, source, retries, signal } = upload;
  const tell = highWaterMark(upload.onBytes);
  let chunked = false;
  let forgotten = 0;
  let proof = upload.proof;
  for (let attempt = 1; ; attempt += 1) {
    const open = await openUpload(transport, upload, attempt === 1 ? upload.mountFrom : undefined);
    if (open === 'mounted') return 'mounted';
    chunked ||= open.smallestChunk !== undefined;
    try {
      const send = chunked ? sendInChunks : sendWhole;
      const sent = await send(transport, { ...upload, proof }, { open, attempt, tell });
      if ('done' in sent) return 'uploaded';
      if (sent.again === 'not believed') {
        await requireSound(upload.blob, { subject });
        proof = 'here';
        continue;
      }
      // A second refusal of a smaller request is reported as it is.
      if (sent.again === 'too large') chunked = true;
      else forgotten += 1;
      if (forgotten > retries && sent.again === 'broken') throw sent.failure;
      if (forgotten > retries) throw uploadsForgotten({ host: source.host, subject, times: forgotten });
      if (sent.again === 'forgotten') {
        const reason = 'the registry lost the upload';
        await transport.pause({ host: source.host, subject, reason, failures: forgotten }, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      // Chunks have been tried again already.
      if (chunked || !isSeqmirrorError(error) || !mayPass(error) || attempt > retries) throw error;
      chunked = true;
    }
  }
}

export async function openUpload(
  transport: Transport,
  {
    source,
    subject,
    blob: { digest },
    signal,
  }: Pick<BlobUpload, 'source' | 'subject' | 'signal'> & { readonly blob: Pick<PushedBlob, 'digest'> },
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
        mountsFrom: from,
        // A client that may not read the repository to mount from may still upload the blob.
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
  if (second === 'refused')
    throw uploadPlaceless({ host: source.host, subject, problem: 'it refused to start an upload' });
  return second;
}

async function sendWhole(
  transport: Transport,
  upload: BlobUpload,
  { open, attempt, tell }: UploadAttempt,
): Promise<RequestOutcome> {
  const { source, subject, blob, signal, proof } = upload;
  const provenAt = proof === 'here' ? undefined : await proof.provenAt();
  const isProvenThere = provenAt === open.location.origin;
  // Read piece by piece: the next one is asked for when the one before has left for the network, since its memory is
  // reused.
  const body = async function* (): AsyncGenerator<Buffer> {
    let at = 0;
    for await (const piece of isProvenThere ? blob.open() : hashedPieces(blob, { subject })) {
      signal.throwIfAborted();
      yield piece;
      tell((at += piece.length));
    }
  };
  return transport.send<RequestOutcome>(
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
      understands: ({ code }) => (isProvenThere && code === 'DIGEST_INVALID' ? { again: 'not believed' } : undefined),
      read: (response) => {
        const stored = response.header('docker-content-digest');
        if (isProvenThere && stored !== undefined && stored !== blob.digest) return { again: 'not believed' };
        return sentBy(response);
      },
    },
    signal,
  );
}

/** Reports each byte once, however often it is sent. */
function highWaterMark(onBytes: (bytes: number) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    if (bytes <= told) return;
    onBytes(bytes - told);
    told = bytes;
  };
}
